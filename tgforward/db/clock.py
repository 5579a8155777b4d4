"""The database's own clock: every process that shares a database agrees on it, whatever its host believes."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect
from sqlalchemy.dialects import mysql
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC in Python, naive UTC in the database; `fsp` digits of a second on MySQL."""

    impl = DateTime
    cache_ok = True

    def __init__(self, fsp: int | None = 6) -> None:
        super().__init__()
        self.fsp = fsp

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """`DATETIME(fsp)` on MySQL, whose plain `DATETIME` rounds to seconds."""
        plain: TypeEngine[Any] = mysql.DATETIME(fsp=self.fsp) if dialect.name == "mysql" else DateTime()
        return dialect.type_descriptor(plain)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """The same moment without its zone; a naive one is refused, since its zone would be a guess."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - as above
        """The stored moment with its zone."""
        return None if value is None else value.replace(tzinfo=UTC)


class utc_now(FunctionElement[datetime]):  # noqa: N801 - reads as the SQL function that it is
    """Now in UTC, microseconds where the database has them; connections run in UTC, see `engine.create_engine`."""

    type = UtcDateTime()
    inherit_cache = True


@compiles(utc_now, "mysql")
def _utc_now_mysql(_element: utc_now, _compiler: SQLCompiler, **_options: Any) -> str:
    return "CURRENT_TIMESTAMP(6)"


@compiles(utc_now, "sqlite")
def _utc_now_sqlite(_element: utc_now, _compiler: SQLCompiler, **_options: Any) -> str:
    return "strftime('%Y-%m-%d %H:%M:%f000', 'now')"  # %f has three digits, SQLAlchemy reads six


class now_ms(FunctionElement[int]):  # noqa: N801 - reads as the SQL function that it is
    """Now in ms since 1970, as of the start of the statement: a statement that waited for a lock claims less."""

    type = BigInteger()
    inherit_cache = True


@compiles(now_ms, "mysql")
def _now_ms_mysql(_element: now_ms, _compiler: SQLCompiler, **_options: Any) -> str:
    return "CAST(UNIX_TIMESTAMP(NOW(6)) * 1000 AS SIGNED)"


@compiles(now_ms, "sqlite")
def _now_ms_sqlite(_element: now_ms, _compiler: SQLCompiler, **_options: Any) -> str:
    return "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)"  # unixepoch('subsec') needs SQLite 3.42
