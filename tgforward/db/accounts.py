"""Statements about log-ins; the caller's transaction commits them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select, update

from tgforward.db.base import REASON_LENGTH
from tgforward.db.clock import utc_now
from tgforward.db.models import AccountKind, AccountState, TelegramAccount, TGForwardConfig
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


async def load_account_named(session: Session, name: str) -> TelegramAccount | None:
    """The account that people call `name`, or None."""
    return (await session.scalars(select(TelegramAccount).where(TelegramAccount.name == name))).one_or_none()


async def list_accounts(session: Session) -> Sequence[TelegramAccount]:
    """All accounts by id."""
    return (await session.scalars(select(TelegramAccount).order_by(TelegramAccount.id))).all()


async def set_account_state(
    session: Session, account_id: AccountId, state: AccountState, reason: str | None = None
) -> bool:
    """Activates or parks an account and lets schedulers look at its configs; False if there is none."""
    await _touch_configs(session, account_id)
    return await _update(session, account_id, state=state, state_reason=reason and reason[:REASON_LENGTH])


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
    return await _update(session, account_id, wait_until=until, wait_reason=reason and reason[:REASON_LENGTH])


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
