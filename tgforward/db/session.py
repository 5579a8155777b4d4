"""Sessions: one per task, open for one unit of work, closed before any network call."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from tgforward.db.engine import Engine
from tgforward.db.failures import reachable

__all__ = ["Session", "SessionFactory", "reading", "select", "session_factory"]

Session = AsyncSession
SessionFactory = async_sessionmaker[AsyncSession]


def session_factory(engine: Engine) -> SessionFactory:
    """Makes sessions whose objects stay usable after the commit."""
    return async_sessionmaker(engine, expire_on_commit=False)


@asynccontextmanager
async def reading(factory: SessionFactory) -> AsyncIterator[Session]:
    """A session that only reads: on SQLite it neither waits for writers nor holds them up.

    Raises:
        DatabaseUnreachable: no connection, or it was lost.
    """
    async with reachable(factory.kw["bind"]), factory() as session:
        await session.connection(execution_options={"is_reader": True})
        yield session
