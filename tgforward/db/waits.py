"""Statements about waits of one chat; the caller's transaction commits them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select

from tgforward.db.base import REASON_LENGTH
from tgforward.db.models import ChatWait
from tgforward.db.session import Session
from tgforward.db.statements import execute
from tgforward.db.upsert import upsert
from tgforward.types import AccountId, ChatId


async def set_wait(session: Session, account_id: AccountId, chat_id: ChatId, until: datetime, reason: str) -> None:
    """Notes that an account may not send to a chat before a moment; a wait that is noted already is replaced."""
    row = {"account_id": account_id, "chat_id": chat_id, "until": until, "reason": reason[:REASON_LENGTH]}
    await session.execute(
        upsert(
            session,
            ChatWait,
            [row],
            key=("account_id", "chat_id"),
            changes=lambda new: {"until": new.until, "reason": new.reason},
        )
    )


async def load_waits(session: Session, account_id: AccountId | None, now: datetime) -> Sequence[ChatWait]:
    """The waits that are not over at `now`, of one account or (None) all, the next to end first."""
    query = select(ChatWait).where(ChatWait.until > now).order_by(ChatWait.until, ChatWait.account_id, ChatWait.chat_id)
    if account_id is not None:
        query = query.where(ChatWait.account_id == account_id)
    return (await session.scalars(query, execution_options={"populate_existing": True})).all()


async def clear_wait(session: Session, account_id: AccountId, chat_id: ChatId | None = None) -> int:
    """Forgets the wait of one chat, or (None) of all chats of the account; how many there were."""
    statement = delete(ChatWait).where(ChatWait.account_id == account_id)
    if chat_id is not None:
        statement = statement.where(ChatWait.chat_id == chat_id)
    return await execute(session, statement)
