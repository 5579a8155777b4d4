"""Waits of one chat."""

from datetime import UTC, datetime, timedelta

from tests.db.build import DEST, SOURCE, make_account
from tgforward.db.accounts import remove_account
from tgforward.db.session import SessionFactory, reading
from tgforward.db.waits import clear_wait, load_waits, set_wait

NOW = datetime(2026, 1, 1, 12, 0, 0, 123456, tzinfo=UTC)
SOON, LATER = NOW + timedelta(seconds=30), NOW + timedelta(hours=1)


async def test_a_wait_is_kept_until_it_is_over(session_factory: SessionFactory) -> None:
    """It is found to the microsecond before its end, and not from then on."""
    account_id = await make_account(session_factory)
    async with session_factory.begin() as session:
        await set_wait(session, account_id, DEST, SOON, "SLOWMODE_WAIT_30")
    async with reading(session_factory) as session:
        (wait,) = await load_waits(session, account_id, NOW)
        assert (wait.account_id, wait.chat_id, wait.until, wait.reason) == (account_id, DEST, SOON, "SLOWMODE_WAIT_30")
        assert len(await load_waits(session, account_id, SOON - timedelta(microseconds=1))) == 1
        assert await load_waits(session, account_id, SOON) == []


async def test_a_later_wait_replaces_an_earlier_one(session_factory: SessionFactory) -> None:
    """Each chat has one wait per account, the last one that Telegram ordered, whatever its length."""
    account_id = await make_account(session_factory)
    async with session_factory.begin() as session:
        await set_wait(session, account_id, DEST, LATER, "first")
        assert len(await load_waits(session, account_id, NOW)) == 1
        await set_wait(session, account_id, DEST, SOON, "x" * 600)
        (wait,) = await load_waits(session, account_id, NOW)
        assert (wait.until, wait.reason) == (SOON, "x" * 500)


async def test_waits_of_one_account_or_all(session_factory: SessionFactory) -> None:
    """The next to end comes first; those of other accounts are left out unless all are asked for."""
    first, second = await make_account(session_factory), await make_account(session_factory, "second")
    async with session_factory.begin() as session:
        await set_wait(session, first, SOURCE, LATER, "a")
        await set_wait(session, first, DEST, SOON, "b")
        await set_wait(session, second, DEST, LATER, "c")
    async with reading(session_factory) as session:
        assert [wait.reason for wait in await load_waits(session, first, NOW)] == ["b", "a"]
        assert [wait.reason for wait in await load_waits(session, None, NOW)] == ["b", "a", "c"]


async def test_waits_are_forgotten(session_factory: SessionFactory) -> None:
    """One chat's, all of the account's, or with the account itself."""
    first, second = await make_account(session_factory), await make_account(session_factory, "second")
    async with session_factory.begin() as session:
        for chat in (SOURCE, DEST):
            await set_wait(session, first, chat, LATER, "a")
        await set_wait(session, second, DEST, LATER, "c")
        assert await clear_wait(session, first, SOURCE) == 1
        assert await clear_wait(session, first, SOURCE) == 0
        assert await clear_wait(session, first) == 1
        await remove_account(session, second)
        assert await load_waits(session, None, NOW) == []
