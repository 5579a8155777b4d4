"""Which worker processes are alive."""

from datetime import timedelta

from sqlalchemy import text

from tgforward.db.session import SessionFactory, reading
from tgforward.db.workers import announce, forget_dead, list_live, withdraw

TTL = timedelta(seconds=4)


async def live(factory: SessionFactory) -> list[str]:
    async with reading(factory) as session:
        return await list_live(session)


async def later(factory: SessionFactory, seconds: int) -> None:
    """As if nobody had renewed for so long."""
    async with factory.begin() as session:
        await session.execute(text(f"UPDATE worker_process SET expires_at_ms = expires_at_ms - {seconds * 1000}"))


async def test_a_process_is_alive_while_it_says_so(session_factory: SessionFactory) -> None:
    """Presence ends with its time to live, and every announcement renews it."""
    async with session_factory.begin() as session:
        await announce(session, "b", TTL)
        await announce(session, "a", TTL)
    assert await live(session_factory) == ["a", "b"]
    await later(session_factory, 3)
    async with session_factory.begin() as session:
        await announce(session, "a", TTL)
    await later(session_factory, 2)
    assert await live(session_factory) == ["a"]


async def test_a_process_that_ends_takes_leave(session_factory: SessionFactory) -> None:
    """It is gone at once, and only it."""
    async with session_factory.begin() as session:
        await announce(session, "a", TTL)
        await announce(session, "b", TTL)
        await withdraw(session, "a")
        await withdraw(session, "never there")
    assert await live(session_factory) == ["b"]


async def test_the_dead_are_forgotten(session_factory: SessionFactory) -> None:
    """Rows of processes that were killed do not stay for ever."""
    async with session_factory.begin() as session:
        await announce(session, "long dead", TTL)
    await later(session_factory, 70)
    async with session_factory.begin() as session:
        await announce(session, "a", TTL)
        assert await forget_dead(session) == 1
        assert await forget_dead(session) == 0
