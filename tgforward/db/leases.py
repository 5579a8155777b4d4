"""Who owns which lane, by the database's clock; the caller's transaction commits."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, or_, select, tuple_, update

from tgforward.db.clock import now_ms
from tgforward.db.lane_events import note_lane_event
from tgforward.db.models import AccountState, LaneEventKind, LaneLease, TelegramAccount
from tgforward.db.session import Session
from tgforward.db.statements import execute
from tgforward.db.upsert import upsert
from tgforward.types import AccountId


class Lease(NamedTuple):
    """The right to use an account; a newer owner has a higher token."""

    account_id: AccountId
    token: int


@dataclass(frozen=True, slots=True)
class LaneOwner:
    """A lane that is owned now."""

    lease: Lease
    owner: str
    remaining: timedelta


class LaneCount(NamedTuple):
    """The lanes of one owner."""

    lanes: int
    next_expiry: timedelta
    """When the first of them runs out unless it is renewed."""


class Renewed(NamedTuple):
    """A lease that lives on."""

    lease: Lease
    is_wanted: bool
    """Whether the account is active; the lane of a parked one is of no use."""


async def claim_free(
    session: Session,
    owner: str,
    ttl: timedelta,
    *,
    account_ids: Collection[AccountId] | None = None,
    limit: int | None = None,
) -> list[Lease]:
    """Takes lanes that nobody owns: of these accounts, else of all active ones; at most `limit`.

    `owner` names one life of one process. Count the lease from before the call.
    """
    free = await _find_free(session, account_ids, limit)
    if not free:
        return []
    await _add_missing(session, free)
    taken = {"owner": owner, "token": LaneLease.token + 1, "expires_at_ms": expiry(ttl)}
    # The condition is evaluated under the row's lock: of two processes that found the lane free, one gets it.
    await execute(
        session,
        update(LaneLease).where(LaneLease.account_id.in_(free), LaneLease.expires_at_ms <= now_ms()).values(taken),
    )
    query = select(LaneLease.account_id, LaneLease.token).where(
        LaneLease.account_id.in_(free), LaneLease.owner == owner
    )
    leases = [Lease(account_id, token) for account_id, token in await session.execute(query)]
    for lease in leases:
        note_lane_event(session, lease.account_id, LaneEventKind.OWNED, reason=owner)
    return leases


async def renew(session: Session, owner: str, ttl: timedelta, account_ids: Collection[AccountId]) -> list[Renewed]:
    """Extends the leases of `owner` on these accounts in one UPDATE; those that it still has.

    A lease that ran out and was taken by nobody lives on with the same token. One that is not named, such as one whose
    claim was never answered, runs out.
    """
    if not account_ids:
        return []
    mine = and_(LaneLease.owner == owner, LaneLease.account_id.in_(account_ids))
    await execute(session, update(LaneLease).where(mine).values(expires_at_ms=expiry(ttl)))
    query = (
        select(LaneLease.account_id, LaneLease.token, TelegramAccount.state)
        .join(TelegramAccount, TelegramAccount.id == LaneLease.account_id)
        .where(mine)
    )
    rows = await session.execute(query)
    return [Renewed(Lease(account_id, token), state is AccountState.ACTIVE) for account_id, token, state in rows]


async def load_held(session: Session, leases: Collection[Lease]) -> set[Lease]:
    """Those of the leases that nobody has taken over; without a lock, which a renewal would have to wait for."""
    query = select(LaneLease.account_id, LaneLease.token)
    rows = await session.execute(query.where(LaneLease.account_id.in_({lease.account_id for lease in leases})))
    return set(leases) & {Lease(account_id, token) for account_id, token in rows}


async def release(session: Session, owner: str, leases: Collection[Lease] | None = None) -> int:
    """Gives up some or all lanes of `owner`, so that others can take them at once; how many.

    A statement that is executed late, when `owner` has taken the lane anew, does nothing: the token is another one.
    """
    statement = update(LaneLease).where(LaneLease.owner == owner)
    if leases is not None:
        statement = statement.where(tuple_(LaneLease.account_id, LaneLease.token).in_(leases))
    return await execute(session, statement.values(owner="", expires_at_ms=0))


async def list_free(session: Session) -> list[AccountId]:
    """The lanes that a worker could take now, by account."""
    return await _find_free(session, None, None)


async def count_lanes(session: Session) -> dict[str, LaneCount]:
    """The lanes of active accounts by their owner, "" for the free ones; one statement, so that nobody counts twice."""
    owner = case((_is_free(), ""), else_=LaneLease.owner).label("owner")
    query = (
        select(owner, func.count().label("lanes"), (func.min(LaneLease.expires_at_ms) - now_ms()).label("left_ms"))
        .select_from(TelegramAccount)
        .outerjoin(LaneLease, LaneLease.account_id == TelegramAccount.id)
        .where(TelegramAccount.state == AccountState.ACTIVE)
        .group_by(owner)
    )
    rows = await session.execute(query)
    return {row.owner: LaneCount(row.lanes, timedelta(milliseconds=row.left_ms or 0)) for row in rows}


async def list_owners(session: Session) -> list[LaneOwner]:
    """All lanes that are owned now, by account."""
    left = (LaneLease.expires_at_ms - now_ms()).label("left")
    query = select(LaneLease.account_id, LaneLease.token, LaneLease.owner, left).where(
        LaneLease.expires_at_ms > now_ms()
    )
    rows = await session.execute(query.order_by(LaneLease.account_id))
    return [
        LaneOwner(Lease(account_id, token), owner, timedelta(milliseconds=left_ms))
        for account_id, token, owner, left_ms in rows
    ]


async def _find_free(session: Session, account_ids: Collection[AccountId] | None, limit: int | None) -> list[AccountId]:
    query = (
        select(TelegramAccount.id)
        .outerjoin(LaneLease, LaneLease.account_id == TelegramAccount.id)
        .where(_is_free())
        .order_by(TelegramAccount.id)
        .limit(limit)
    )
    if account_ids is None:
        query = query.where(TelegramAccount.state == AccountState.ACTIVE)
    else:
        query = query.where(TelegramAccount.id.in_(account_ids))
    return list(await session.scalars(query))


async def _add_missing(session: Session, account_ids: list[AccountId]) -> None:
    """Rows for accounts that never had an owner; another process may add the same ones."""
    known = set(await session.scalars(select(LaneLease.account_id).where(LaneLease.account_id.in_(account_ids))))
    rows = [
        {"account_id": account_id, "owner": "", "token": 0, "expires_at_ms": 0}
        for account_id in account_ids
        if account_id not in known
    ]
    if rows:
        await session.execute(
            upsert(session, LaneLease, rows, key=("account_id",), changes=lambda new: {"account_id": new.account_id})
        )


def expiry(ttl: timedelta) -> ColumnElement[int]:
    """`ttl` from now, by the database's clock."""
    return now_ms() + int(ttl.total_seconds() * 1000)


def _is_free() -> ColumnElement[bool]:
    return or_(LaneLease.account_id.is_(None), LaneLease.expires_at_ms <= now_ms())
