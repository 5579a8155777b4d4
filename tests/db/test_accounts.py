"""Log-ins and the chats that they know."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from tests.db.build import DEST, SOURCE, make_account
from tgforward.db.accounts import (
    list_some_accounts,
    load_account,
    load_account_named,
    remove_account,
    set_account_session,
    set_account_state,
    set_account_wait,
)
from tgforward.db.models import AccountKind, AccountState, PeerKind
from tgforward.db.peers import KnownPeer, load_peer_named, load_peers, load_titles, store_peers
from tgforward.db.session import SessionFactory, reading

NEWS = KnownPeer(SOURCE, 2**63 - 1, PeerKind.CHANNEL, "NewsChannel", "新闻 😀")
GROUP = KnownPeer(DEST, None, PeerKind.CHAT, None, "group", protected=True)


async def test_an_account_is_found_by_name_and_id(session_factory: SessionFactory) -> None:
    """A new one is active; an unknown name is None."""
    account_id = await make_account(session_factory)
    async with reading(session_factory) as session:
        found = await load_account_named(session, "main")
        assert found is not None
        assert (found.id, found.kind, found.state) == (account_id, AccountKind.USER, AccountState.ACTIVE)
        assert await load_account_named(session, "nobody") is None


async def test_a_name_is_taken_once(session_factory: SessionFactory) -> None:
    """The database refuses the second."""
    await make_account(session_factory)
    with pytest.raises(IntegrityError):
        await make_account(session_factory)


async def test_state_session_and_wait_change_apart(session_factory: SessionFactory) -> None:
    """Each change leaves the others alone."""
    account_id = await make_account(session_factory)
    until = datetime.now(UTC) + timedelta(seconds=3000)
    async with session_factory.begin() as session:
        assert await set_account_state(session, account_id, AccountState.PARKED, "revoked")
        assert await set_account_wait(session, account_id, until, "FLOOD_WAIT_3000")
        assert await set_account_session(session, account_id, b"new", user_id=6001)
        account = await load_account(session, account_id)
        assert account is not None
        assert (account.state, account.state_reason, account.user_id) == (AccountState.PARKED, "revoked", 6001)
        assert (account.wait_until, account.wait_reason, account.session_sealed) == (until, "FLOOD_WAIT_3000", b"new")
        await set_account_wait(session, account_id, None)
        account = await load_account(session, account_id)
        assert account is not None
        assert (account.wait_until, account.wait_reason) == (None, None)


async def test_peers_are_stored_and_brought_up_to_date(session_factory: SessionFactory) -> None:
    """The same chat seen again replaces what was known, for this account only."""
    first, second = await make_account(session_factory), await make_account(session_factory, "second")
    async with session_factory.begin() as session:
        await store_peers(session, first, [NEWS, GROUP])
        await store_peers(session, second, [NEWS])
        await store_peers(session, first, [KnownPeer(SOURCE, 5, PeerKind.SUPERGROUP, None, "renamed", protected=True)])
        await store_peers(session, first, [])
    async with reading(session_factory) as session:
        renamed = (await load_peers(session, first, [SOURCE]))[SOURCE]
        assert (renamed.access_hash, renamed.kind, renamed.username) == (5, PeerKind.SUPERGROUP, None)
        assert (renamed.title, renamed.protected) == ("renamed", True)
        other = (await load_peers(session, second, [SOURCE]))[SOURCE]
        assert (other.access_hash, other.title, other.protected) == (2**63 - 1, "新闻 😀", False)
        assert set(await load_peers(session, first, [SOURCE, DEST])) == {SOURCE, DEST}
        assert (await load_titles(session, [DEST])) == {DEST: "group"}


async def test_a_public_name_has_no_case(session_factory: SessionFactory) -> None:
    """Names are compared as Telegram does."""
    account_id = await make_account(session_factory)
    async with session_factory.begin() as session:
        await store_peers(session, account_id, [NEWS])
        found = await load_peer_named(session, account_id, "newschannel")
        assert found is not None
        assert found.chat_id == SOURCE
        assert await load_peer_named(session, account_id, "other") is None


async def test_a_removed_accounts_peers_go_with_it(session_factory: SessionFactory) -> None:
    """Access hashes of one account are worth nothing to another."""
    account_id = await make_account(session_factory)
    async with session_factory.begin() as session:
        await store_peers(session, account_id, [NEWS])
        await remove_account(session, account_id)
    async with reading(session_factory) as session:
        assert await load_peers(session, account_id, [SOURCE]) == {}


async def test_some_accounts_come_first(session_factory: SessionFactory) -> None:
    """Those that are named, then the others, as many as are wanted."""
    ids = [await make_account(session_factory, f"account {n}") for n in range(4)]
    async with reading(session_factory) as session:
        assert [row.id for row in await list_some_accounts(session, ids[2:], limit=3)] == [ids[2], ids[3], ids[0]]
        assert [row.id for row in await list_some_accounts(session, [], limit=9)] == ids
