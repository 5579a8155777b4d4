"""Who owns which lane, by the database's clock; the caller's transaction commits."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import or_, select, update

from tgforward.db.clock import now_ms
from tgforward.db.models import AccountState, LaneLease, TelegramAccount
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
    taken = {"owner": owner, "token": LaneLease.token + 1, "expires_at_ms": _expiry(ttl)}
    # The condition is evaluated under the row's lock: of two processes that found the lane free, one gets it.
    await execute(
        session,
        update(LaneLease).where(LaneLease.account_id.in_(free), LaneLease.expires_at_ms <= now_ms()).values(taken),
    )
    query = select(LaneLease.account_id, LaneLease.token).where(
        LaneLease.account_id.in_(free), LaneLease.owner == owner
    )
    return [Lease(account_id, token) for account_id, token in await session.execute(query)]


async def renew(session: Session, owner: str, ttl: timedelta) -> set[AccountId]:
    """Extends all leases of `owner` in one UPDATE; the accounts that it still owns.

    A lease that ran out and was taken by nobody lives on with the same token.
    """
    await execute(session, update(LaneLease).where(LaneLease.owner == owner).values(expires_at_ms=_expiry(ttl)))
    return set(await session.scalars(select(LaneLease.account_id).where(LaneLease.owner == owner)))


async def release(session: Session, owner: str, account_ids: Collection[AccountId] | None = None) -> int:
    """Gives up some or all lanes of `owner`, so that others can take them at once; how many."""
    statement = update(LaneLease).where(LaneLease.owner == owner)
    if account_ids is not None:
        statement = statement.where(LaneLease.account_id.in_(account_ids))
    return await execute(session, statement.values(owner="", expires_at_ms=0))


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
        .where(or_(LaneLease.account_id.is_(None), LaneLease.expires_at_ms <= now_ms()))
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


def _expiry(ttl: timedelta) -> object:
    return now_ms() + int(ttl.total_seconds() * 1000)
