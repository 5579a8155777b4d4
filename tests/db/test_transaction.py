"""Transactions that meet others."""

import asyncio

import pytest
from sqlalchemy import event, text, update
from sqlalchemy.exc import IntegrityError

from tests.db.build import make_account, make_config
from tests.fixtures.database import opened
from tgforward.db.engine import Engine
from tgforward.db.models import TGForwardConfig
from tgforward.db.session import Session, SessionFactory
from tgforward.db.transaction import TRIES, in_transaction
from tgforward.errors import DatabaseUnreachable
from tgforward.types import ConfigId

WRITERS = 8
WRITES = 40


async def _skipped(factory: SessionFactory, config_id: ConfigId) -> int:
    async with factory() as session:
        return (await session.get_one(TGForwardConfig, config_id)).skipped


async def _read_then_write(session: Session, config_id: ConfigId) -> None:
    config = await session.get_one(TGForwardConfig, config_id, with_for_update=True)
    config.skipped += 1


async def test_many_writers_lose_nothing(session_factory: SessionFactory) -> None:
    """Every read-and-write of eight tasks counts, and none fails on a lock."""
    config_id = await make_config(session_factory)

    async def write() -> None:
        for _ in range(WRITES):
            await in_transaction(session_factory, lambda session: _read_then_write(session, config_id))

    await asyncio.gather(*(write() for _ in range(WRITERS)))
    assert await _skipped(session_factory, config_id) == WRITERS * WRITES


async def test_sqlite_writers_need_no_retry(sqlite_session_factory: SessionFactory) -> None:
    """BEGIN IMMEDIATE waits for its turn, so that plain transactions never see "database is locked"."""
    config_id = await make_config(sqlite_session_factory)

    async def write() -> None:
        for _ in range(WRITES):
            async with sqlite_session_factory.begin() as session:
                await _read_then_write(session, config_id)

    await asyncio.gather(*(write() for _ in range(WRITERS)))
    assert await _skipped(sqlite_session_factory, config_id) == WRITERS * WRITES


async def test_a_deadlock_is_retried(mariadb_session_factory: SessionFactory) -> None:
    """Two transactions that take two rows in opposite order both succeed, one of them at its second try."""
    ids = [await make_config(mariadb_session_factory) for _ in range(2)]
    both_hold_one = asyncio.Barrier(2)
    tries = 0

    async def cross(order: list[ConfigId]) -> None:
        first_try = True

        async def work(session: Session) -> None:
            nonlocal first_try, tries
            tries += 1
            await _read_then_write(session, order[0])
            await session.flush()
            if first_try:
                first_try = False
                await both_hold_one.wait()
            await _read_then_write(session, order[1])

        await in_transaction(mariadb_session_factory, work)

    await asyncio.gather(cross(ids), cross(ids[::-1]))
    assert [await _skipped(mariadb_session_factory, config_id) for config_id in ids] == [2, 2]
    assert tries == 3


async def test_a_killed_connection_is_retried(mariadb_session_factory: SessionFactory, mariadb_engine: Engine) -> None:
    """The server ends the connection in the middle of a transaction, which is run again from its start."""
    config_id = await make_config(mariadb_session_factory)
    tries = 0

    async def work(session: Session) -> None:
        nonlocal tries
        tries += 1
        await _read_then_write(session, config_id)
        await session.flush()
        if tries == 1:
            own = await session.scalar(text("SELECT CONNECTION_ID()"))
            async with mariadb_engine.connect() as other:
                await other.execute(text(f"KILL {own}"))

    await in_transaction(mariadb_session_factory, work)
    assert tries == 2
    assert await _skipped(mariadb_session_factory, config_id) == 1


async def test_a_pooled_connection_that_died_is_replaced(mariadb_url: str, mariadb_engine: Engine) -> None:
    """A connection that the server closed while it lay in the pool is not handed out."""
    async with opened(mariadb_url) as pooled:
        async with pooled.connect() as connection:
            own = await connection.scalar(text("SELECT CONNECTION_ID()"))
        async with mariadb_engine.connect() as other:
            await other.execute(text(f"KILL {own}"))
        async with pooled.connect() as connection:
            assert await connection.scalar(text("SELECT CONNECTION_ID()")) != own


async def test_a_cancelled_transaction_leaves_nothing_behind(engine: Engine, session_factory: SessionFactory) -> None:
    """Cancelled while it waits for its turn, it neither keeps a lock nor changes anything, and others go on."""
    config_id = await make_config(session_factory)
    async with session_factory.begin() as holder:
        await _read_then_write(holder, config_id)
        await holder.flush()
        begun = asyncio.Event()
        event.listen(engine.sync_engine, "checkout", lambda *_: begun.set())
        waiting = asyncio.create_task(
            in_transaction(session_factory, lambda session: _read_then_write(session, config_id))
        )
        await begun.wait()
        waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await in_transaction(session_factory, lambda session: _read_then_write(session, config_id))
    assert await _skipped(session_factory, config_id) == 2


async def test_tries_are_bounded(mariadb_session_factory: SessionFactory) -> None:
    """A transaction that never succeeds ends in a sentence."""
    tries = 0

    async def work(session: Session) -> None:
        nonlocal tries
        tries += 1
        await session.execute(text("SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = 1213, MESSAGE_TEXT = 'Deadlock found'"))

    with pytest.raises(DatabaseUnreachable, match=r"Deadlock found.*try again later"):
        await in_transaction(mariadb_session_factory, work)
    assert tries == TRIES


async def test_a_statement_that_is_wrong_is_not_repeated(session_factory: SessionFactory) -> None:
    """A taken name is the caller's affair."""
    await make_account(session_factory)
    tries = 0

    async def work(session: Session) -> None:
        nonlocal tries
        tries += 1
        await session.execute(text("INSERT INTO telegram_account (name, kind) VALUES ('main', 'user')"))

    with pytest.raises(IntegrityError):
        await in_transaction(session_factory, work)
    assert tries == 1


async def test_an_error_of_the_work_rolls_back(session_factory: SessionFactory) -> None:
    """Nothing of a failed unit of work stays."""
    config_id = await make_config(session_factory)

    async def work(session: Session) -> None:
        await session.execute(update(TGForwardConfig).values(skipped=7))
        raise LookupError

    with pytest.raises(LookupError):
        await in_transaction(session_factory, work)
    assert await _skipped(session_factory, config_id) == 0
