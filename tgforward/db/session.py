"""Sessions: one per task, open for one unit of work, closed before any network call."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from tgforward.db.engine import Engine
from tgforward.db.failures import reachable

__all__ = ["Session", "SessionFactory", "reading", "select", "session_factory"]

Session = AsyncSession


class SessionFactory(async_sessionmaker[AsyncSession]):
    """Makes sessions whose objects stay usable after the commit; one per process and engine."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine, expire_on_commit=False)
        is_sqlite = engine.dialect.name == "sqlite"
        self.turn: AbstractAsyncContextManager[object] = asyncio.Lock() if is_sqlite else nullcontext()
        """Held by whoever writes. A SQLite file has one writer: who waits for it inside of SQLite sleeps and tries
        again, and may be overtaken for ever; here whoever came first is next."""


def session_factory(engine: Engine) -> SessionFactory:
    """Sessions on an engine."""
    return SessionFactory(engine)


@asynccontextmanager
async def reading(factory: SessionFactory) -> AsyncIterator[Session]:
    """A session that only reads: on SQLite it neither waits for writers nor holds them up.

    Raises:
        DatabaseUnreachable: no connection, or it was lost.
    """
    async with reachable(factory.kw["bind"]), factory() as session:
        await session.connection(execution_options={"is_reader": True})
        yield session
