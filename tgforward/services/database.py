"""The database of this installation: prepared, opened, and what a use case that needs nothing else works with."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from tgforward.clock import Clock, SystemClock
from tgforward.db.engine import create_engine
from tgforward.db.revision import check_revision
from tgforward.db.session import SessionFactory, session_factory
from tgforward.settings import Settings


class Stored(Protocol):
    """What a use case needs that speaks to the database only; `Deps` of a process has it too."""

    @property
    def session_factory(self) -> SessionFactory:
        """Sessions on the database."""
        ...

    @property
    def clock(self) -> Clock:
        """What time it is."""
        ...


@dataclass(frozen=True, slots=True)
class Database:
    """The database alone: opened in a third of the time that Redis and Telegram take to be imported."""

    session_factory: SessionFactory
    clock: Clock = field(default_factory=SystemClock)


async def prepare_database(settings: Settings) -> None:
    """Make the private database of a new installation; a database that somebody configured is never touched.

    Raises:
        DatabaseError: it cannot be made.
    """
    if settings.db_url is None and not (settings.data_dir / "tgforward.db").exists():
        from tgforward.db.migrate import upgrade  # Alembic takes 100 ms to import

        await upgrade(settings.database_url)


@asynccontextmanager
async def open_database(settings: Settings) -> AsyncIterator[SessionFactory]:
    """Sessions on a database that is reachable and at this version's revision.

    Raises:
        DatabaseError: it is not; the sentence names the command that mends it.
    """
    engine = create_engine(settings.database_url, pool_recycle=timedelta(seconds=settings.db_pool_recycle_s))
    try:
        await check_revision(engine)
        yield session_factory(engine)
    finally:
        await engine.dispose()
