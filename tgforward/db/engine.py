"""The connection pool: one per process, made in the loop that uses it."""

import sqlite3
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

from sqlalchemy import URL, AdaptedConnection, Connection, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from tgforward.errors import DatabaseUnreachable, InvalidSettings
from tgforward.settings import EXAMPLES

Engine = AsyncEngine

DRIVERS = ("mysql+asyncmy", "mysql+aiomysql", "sqlite+aiosqlite")
BUSY_TIMEOUT_S = 10
"""How long a SQLite writer waits for its turn before its transaction is tried again; a cancelled one waits as long."""
POOL_RECYCLE = timedelta(seconds=600)

_ON_CONNECT = (
    "SET SESSION time_zone = '+00:00'"
    ", sql_mode = CONCAT(@@sql_mode, ',STRICT_TRANS_TABLES')"  # what does not fit is an error, never cut
    ", innodb_lock_wait_timeout = 10"  # the transaction is retried; the default is 50 s
    # A process that is stopped in mid-transaction would lock its rows until it goes on. MySQL has no such limit.
    " /*M!100306 , idle_write_transaction_timeout = 3 */"
)


def create_engine(url: str, *, pool_recycle: timedelta = POOL_RECYCLE, pool_size: int = 5) -> Engine:
    """An engine whose connections run in UTC, READ COMMITTED on MySQL; a SQLite file's folder is created.

    Nothing is connected yet. `pool_recycle` stays below the server's `wait_timeout`.

    Raises:
        InvalidSettings: the URL is wrong or names another driver.
        DatabaseUnreachable: the folder of the SQLite file cannot be created.
    """
    parsed = parse_url(url)
    common: dict[str, Any] = {
        "pool_recycle": int(pool_recycle.total_seconds()),
        "pool_size": pool_size,
        "max_overflow": 2 * pool_size,
    }
    if parsed.get_backend_name() == "sqlite":
        return _create_sqlite(parsed, common)
    return create_async_engine(
        parsed.update_query_dict({"charset": "utf8mb4"}),
        isolation_level="READ COMMITTED",
        pool_pre_ping=True,  # a file is never lost, and asking it costs three turns of its thread
        connect_args={"init_command": _ON_CONNECT},
        **common,
    )


def parse_url(url: str) -> URL:
    """`url` in its parts.

    Raises:
        InvalidSettings: it is no URL, or names a driver other than `DRIVERS`.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise InvalidSettings(f"DB_URL is not a database URL: set it, for example {EXAMPLES['db_url']}") from None
    if parsed.drivername not in DRIVERS:
        raise InvalidSettings(
            f"DB_URL names the driver {parsed.drivername}, but tgforward uses {', '.join(DRIVERS)}: "
            f"set it, for example {EXAMPLES['db_url']}"
        )
    if not parsed.database or parsed.database == ":memory:":
        raise InvalidSettings(f"DB_URL names no database: set it, for example {EXAMPLES['db_url']}")
    return parsed


def _create_sqlite(url: URL, common: Mapping[str, Any]) -> Engine:
    assert url.database is not None  # parse_url saw to it
    folder = Path(url.database).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseUnreachable(
            f"The folder {folder} of the database cannot be created ({error.strerror}): correct DB_URL."
        ) from error
    # isolation_level None: the driver begins no transactions by itself, `_begin_sqlite` does.
    arguments = {"isolation_level": None, "timeout": BUSY_TIMEOUT_S}
    engine = create_async_engine(url, connect_args=arguments, **common)
    event.listen(engine.sync_engine, "connect", _configure_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    event.listen(engine.sync_engine, "invalidate", _roll_back)
    return engine


def _configure_sqlite(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """Readers may begin deferred; everyone else takes the write lock at once, since a later upgrade can fail."""
    is_reader = connection.get_execution_options().get("is_reader", False)
    begin = "BEGIN" if is_reader else "BEGIN IMMEDIATE"
    raw = cast("AdaptedConnection", connection.connection.dbapi_connection)
    try:
        raw.run_async(lambda driver: driver.execute(begin))  # a statement of SQLAlchemy takes three turns
    except sqlite3.Error as error:
        raise OperationalError(begin, None, error) from error


def _roll_back(connection: DBAPIConnection, _record: ConnectionPoolEntry, _error: BaseException | None) -> None:
    """The connection of a cancelled task is closed, but with rows that nobody has fetched SQLite keeps its lock.

    Source: sqlite.org/c3ref/close.html (a connection with unfinished statements becomes a zombie)
    """
    with suppress(sqlite3.Error):  # it was closed already
        connection.rollback()
