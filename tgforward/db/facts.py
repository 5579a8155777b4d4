"""What a database says of itself, for people who look for what is wrong."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from tgforward.db.clock import utc_now
from tgforward.db.engine import Engine
from tgforward.db.failures import reachable


@dataclass(frozen=True, slots=True)
class DatabaseFacts:
    """A database server, or file, as this process's connections see it."""

    product: str
    """Name and version."""
    now: datetime
    """What time it is there."""
    is_utc: bool
    """Whether the connections run in UTC, as stored times do."""
    closes_after: timedelta | None
    """For how long a connection may be idle before the server closes it; None: it does not."""


async def load_facts(engine: Engine) -> DatabaseFacts:
    """The facts now.

    Raises:
        DatabaseUnreachable: no connection.
    """
    async with reachable(engine), engine.connect() as connection:
        await connection.execution_options(is_reader=True)
        now = (await connection.execute(select(utc_now()))).scalar_one()
        if engine.dialect.name == "sqlite":
            version = await _scalar(connection, "SELECT sqlite_version()")
            return DatabaseFacts(f"SQLite {version}", now, is_utc=True, closes_after=None)
        version = await _scalar(connection, "SELECT VERSION()")
        product = f"{'MariaDB' if 'mariadb' in version.lower() else 'MySQL'} {version}"
        zone, timeout_s = [
            await _scalar(connection, f"SELECT @@session.{name}") for name in ("time_zone", "wait_timeout")
        ]
        return DatabaseFacts(product, now, zone == "+00:00", timedelta(seconds=int(timeout_s)))


async def _scalar(connection: AsyncConnection, query: str) -> str:
    return str((await connection.execute(text(query))).scalar_one())
