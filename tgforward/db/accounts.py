"""Statements about log-ins; the caller's transaction commits them."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import case, delete, func, select, update

from tgforward.db.base import REASON_LENGTH
from tgforward.db.clock import utc_now
from tgforward.db.lane_events import note_lane_event
from tgforward.db.models import AccountKind, AccountState, LaneEventKind, TelegramAccount, TGForwardConfig
from tgforward.db.session import Session
from tgforward.db.statements import execute
from tgforward.types import AccountId


async def add_account(
    session: Session, *, name: str, kind: AccountKind, session_sealed: bytes, user_id: int | None = None
) -> TelegramAccount:
    """Stores a log-in; look first whether `name` is taken."""
    account = TelegramAccount(name=name, kind=kind, session_sealed=session_sealed, user_id=user_id)
    session.add(account)
    await session.flush()
    return account


async def load_account(session: Session, account_id: AccountId) -> TelegramAccount | None:
    """The account as it is stored now, or None if there is none."""
    return await session.get(TelegramAccount, account_id, populate_existing=True)


async def lock_account(session: Session, account_id: AccountId) -> TelegramAccount | None:
    """The account, which nobody else changes until the transaction ends, or None if there is none."""
    return await session.get(TelegramAccount, account_id, populate_existing=True, with_for_update=True)


async def load_account_named(session: Session, name: str) -> TelegramAccount | None:
    """The account that people call `name`, or None."""
    return (await session.scalars(select(TelegramAccount).where(TelegramAccount.name == name))).one_or_none()


async def list_accounts(
    session: Session, *, after: AccountId | None = None, limit: int | None = None
) -> Sequence[TelegramAccount]:
    """All accounts by id: at most `limit` of those after `after`."""
    query = select(TelegramAccount).order_by(TelegramAccount.id).limit(limit)
    if after is not None:
        query = query.where(TelegramAccount.id > after)
    return (await session.scalars(query)).all()


async def list_some_accounts(
    session: Session, first: Collection[AccountId], *, limit: int
) -> Sequence[TelegramAccount]:
    """At most `limit` accounts by id, those of `first` before the others."""
    is_later = case((TelegramAccount.id.in_(first), 0), else_=1)
    return (await session.scalars(select(TelegramAccount).order_by(is_later, TelegramAccount.id).limit(limit))).all()


async def count_configs_by_account(session: Session, account_ids: Collection[AccountId]) -> dict[AccountId, int]:
    """How many configs each of the accounts has; those without any are left out."""
    query = select(TGForwardConfig.account_id, func.count()).group_by(TGForwardConfig.account_id)
    rows = await session.execute(query.where(TGForwardConfig.account_id.in_(account_ids)))
    return {account_id: number for account_id, number in rows if account_id is not None}


async def set_account_state(
    session: Session, account_id: AccountId, state: AccountState, reason: str | None = None
) -> bool:
    """Activates or parks an account and lets schedulers look at its configs; False if there is none."""
    await _touch_configs(session, account_id)
    is_there = await _update(session, account_id, state=state, state_reason=reason and reason[:REASON_LENGTH])
    if is_there:
        kind = LaneEventKind.PARKED if state is AccountState.PARKED else LaneEventKind.RESUMED
        note_lane_event(session, account_id, kind, reason=reason)
    return is_there


async def set_account_session(
    session: Session, account_id: AccountId, session_sealed: bytes, *, user_id: int | None = None
) -> bool:
    """Replaces the encrypted session after a new log-in (`user_id` if known); False if there is no such account."""
    known = {} if user_id is None else {"user_id": user_id}
    return await _update(session, account_id, session_sealed=session_sealed, **known)


async def set_account_wait(
    session: Session, account_id: AccountId, until: datetime | None, reason: str | None = None
) -> bool:
    """Notes that the account must rest until a moment, or (None) that the wait is over; False if there is none."""
    is_there = await _update(session, account_id, wait_until=until, wait_reason=reason and reason[:REASON_LENGTH])
    if is_there and until is not None:
        note_lane_event(session, account_id, LaneEventKind.WAITS, reason=reason, until=until)
    return is_there


async def remove_account(session: Session, account_id: AccountId) -> bool:
    """Removes an account with its peers and lease; its configs stay, without an account. False if there is none."""
    new = {"account_id": None, "version": TGForwardConfig.version + 1, "updated_at": utc_now()}
    await execute(session, update(TGForwardConfig).where(TGForwardConfig.account_id == account_id).values(new))
    return await execute(session, delete(TelegramAccount).where(TelegramAccount.id == account_id)) > 0


async def _touch_configs(session: Session, account_id: AccountId) -> None:
    configs = update(TGForwardConfig).where(TGForwardConfig.account_id == account_id)
    await execute(session, configs.values(updated_at=utc_now()))


async def _update(session: Session, account_id: AccountId, **values: object) -> bool:
    statement = update(TelegramAccount).where(TelegramAccount.id == account_id)
    return await execute(session, statement.values(updated_at=utc_now(), **values)) > 0
