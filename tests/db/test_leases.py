"""Lanes have one owner."""

import asyncio
from datetime import timedelta

from sqlalchemy import text

from tests.db.build import make_account
from tests.fixtures.database import opened
from tgforward.db import session as sessions
from tgforward.db.accounts import remove_account, set_account_state
from tgforward.db.clock import now_ms
from tgforward.db.leases import (
    Lease,
    Renewed,
    claim_free,
    count_lanes,
    list_free,
    list_owners,
    release,
    renew,
)
from tgforward.db.models import AccountState
from tgforward.db.session import SessionFactory, reading, select
from tgforward.db.transaction import in_transaction
from tgforward.types import AccountId

TTL = timedelta(seconds=4)


async def _claim(factory: SessionFactory, owner: str, limit: int | None = None) -> list[Lease]:
    return await in_transaction(factory, lambda session: claim_free(session, owner, TTL, limit=limit))


async def _expire(factory: SessionFactory) -> None:
    """As if nobody had renewed for a while."""
    async with factory.begin() as session:
        await session.execute(text("UPDATE lane_lease SET expires_at_ms = expires_at_ms - 5000"))


async def test_a_lane_is_taken_once(session_factory: SessionFactory) -> None:
    """While the lease lasts nobody else gets it; afterwards the next owner has a higher token."""
    account_id = await make_account(session_factory)
    assert await _claim(session_factory, "a") == [Lease(account_id, 1)]
    assert await _claim(session_factory, "b") == []
    await _expire(session_factory)
    assert await _claim(session_factory, "b") == [Lease(account_id, 2)]
    async with session_factory.begin() as session:
        assert await renew(session, "a", TTL, [account_id]) == []
        assert await renew(session, "b", TTL, [account_id]) == [Renewed(Lease(account_id, 2), True)]


async def test_processes_that_claim_at_once_share_without_overlap(db_url: str, session_factory: SessionFactory) -> None:
    """Every lane gets exactly one of four owners, round after round."""
    accounts = {await make_account(session_factory, f"account {n}") for n in range(12)}

    async def claim(owner: str) -> list[Lease]:
        async with opened(db_url) as engine:
            return await _claim(sessions.session_factory(engine), owner)

    for turn in range(1, 6):
        claimed = await asyncio.gather(*(claim(f"{owner}{turn}") for owner in "abcd"))
        leases = [lease for mine in claimed for lease in mine]
        assert sorted(lease.account_id for lease in leases) == sorted(accounts)
        assert {lease.token for lease in leases} == {turn}
        await _expire(session_factory)


async def test_renewing_is_one_update(session_factory: SessionFactory) -> None:
    """All lanes of an owner live on with their tokens, and say how long."""
    accounts = [await make_account(session_factory, f"account {n}") for n in range(3)]
    first = await _claim(session_factory, "a", limit=2)
    await _claim(session_factory, "b")
    async with session_factory.begin() as session:
        renewed = await renew(session, "a", timedelta(seconds=60), accounts)
        assert renewed == [Renewed(lease, True) for lease in first]
    async with reading(session_factory) as session:
        owners = await list_owners(session)
    assert [owned.lease.account_id for owned in owners] == accounts
    assert [(owned.owner, owned.lease.token) for owned in owners] == [("a", 1), ("a", 1), ("b", 1)]
    assert [round(owned.remaining.total_seconds(), -1) for owned in owners] == [60, 60, 0]


async def test_a_lapsed_lease_that_nobody_took_lives_on(session_factory: SessionFactory) -> None:
    """A process that was slow goes on with its token."""
    account_id = await make_account(session_factory)
    await _claim(session_factory, "a")
    await _expire(session_factory)
    async with session_factory.begin() as session:
        assert await renew(session, "a", TTL, [account_id]) == [Renewed(Lease(account_id, 1), True)]
        assert [owned.lease for owned in await list_owners(session)] == [Lease(account_id, 1)]


async def test_a_released_lane_is_free_at_once(session_factory: SessionFactory) -> None:
    """Some lanes or all are given up."""
    accounts = [await make_account(session_factory, f"account {n}") for n in range(3)]
    await _claim(session_factory, "a")
    async with session_factory.begin() as session:
        assert await release(session, "a", [Lease(accounts[0], 1)]) == 1
        assert await claim_free(session, "b", TTL) == [Lease(accounts[0], 2)]
        assert await release(session, "a") == 2
        assert await release(session, "a") == 0
        assert [owned.owner for owned in await list_owners(session)] == ["b"]


async def test_parked_accounts_are_claimed_only_by_name(session_factory: SessionFactory) -> None:
    """Nobody needs the lane of an account that cannot send, unless it asks for it."""
    parked, active = [await make_account(session_factory, name) for name in ("parked", "active")]
    async with session_factory.begin() as session:
        await set_account_state(session, parked, AccountState.PARKED)
        assert await claim_free(session, "a", TTL) == [Lease(active, 1)]
        assert await claim_free(session, "a", TTL, account_ids=[parked, AccountId(999_999)]) == [Lease(parked, 1)]


async def test_a_removed_account_has_no_lane(session_factory: SessionFactory) -> None:
    """The owner learns it at the next renewal."""
    account_id = await make_account(session_factory)
    await _claim(session_factory, "a")
    async with session_factory.begin() as session:
        await remove_account(session, account_id)
        assert await renew(session, "a", TTL, [account_id]) == []


async def test_a_lease_that_is_not_named_runs_out(session_factory: SessionFactory) -> None:
    """A lane whose claim was never answered, so that its owner knows nothing of it, is free again."""
    known, unknown = [await make_account(session_factory, name) for name in ("known", "unknown")]
    await _claim(session_factory, "a")
    await _expire(session_factory)
    async with session_factory.begin() as session:
        assert len(await renew(session, "a", TTL, [known])) == 1
        assert await list_free(session) == [unknown]


async def test_a_parked_account_is_renewed_but_not_wanted(session_factory: SessionFactory) -> None:
    """The owner keeps the lane until it has stopped, and is told that it is of no use."""
    account_id = await make_account(session_factory)
    await _claim(session_factory, "a")
    async with session_factory.begin() as session:
        await set_account_state(session, account_id, AccountState.PARKED)
        assert await renew(session, "a", TTL, [account_id]) == [Renewed(Lease(account_id, 1), False)]


async def test_a_late_release_does_nothing(session_factory: SessionFactory) -> None:
    """Giving up a lease that its owner has taken anew meanwhile leaves the newer one alone."""
    account_id = await make_account(session_factory)
    (first,) = await _claim(session_factory, "a")
    await _expire(session_factory)
    (second,) = await _claim(session_factory, "a")
    async with session_factory.begin() as session:
        assert await release(session, "a", [first]) == 0
        assert await release(session, "a", [second]) == 1
        assert await list_owners(session) == []
    assert (first, second) == (Lease(account_id, 1), Lease(account_id, 2))


async def test_what_is_free(session_factory: SessionFactory) -> None:
    """Lanes of active accounts that never had an owner, were given up or ran out; nobody wants those of parked ones."""
    new, given, lapsed, owned, parked = [
        await make_account(session_factory, name) for name in ("new", "given", "lapsed", "owned", "parked")
    ]
    async with session_factory.begin() as session:
        await claim_free(session, "a", TTL, account_ids=[lapsed, parked])
    await _expire(session_factory)
    async with session_factory.begin() as session:
        await set_account_state(session, parked, AccountState.PARKED)
        leases = await claim_free(session, "b", TTL, account_ids=[given, owned])
        await release(session, "b", [lease for lease in leases if lease.account_id == given])
    async with reading(session_factory) as session:
        assert await list_free(session) == [new, given, lapsed]
        counts = await count_lanes(session)
    assert {owner: count.lanes for owner, count in counts.items()} == {"": 3, "b": 1}
    assert TTL - timedelta(seconds=1) < counts["b"].next_expiry <= TTL


async def test_the_clock_is_the_databases(session_factory: SessionFactory) -> None:
    """It counts ms since 1970 in UTC, whatever the dialect."""
    async with reading(session_factory) as session:
        now = await session.scalar(select(now_ms()))
        utc = "strftime('%s', 'now')" if session.get_bind().dialect.name == "sqlite" else "UNIX_TIMESTAMP()"
        seconds = await session.scalar(text(f"SELECT {utc}"))
    assert isinstance(now, int)
    assert abs(now / 1000 - int(seconds)) < 2
