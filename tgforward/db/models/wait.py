"""Waits that concern one chat, not the whole account."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from tgforward.db.base import REASON_LENGTH, Base, table_args
from tgforward.db.clock import UtcDateTime
from tgforward.types import AccountId, ChatId


class ChatWait(Base):
    """An account may not send to a chat before `until` (slow mode); kept for people and for the next owner."""

    __tablename__ = "chat_wait"
    __table_args__ = table_args(comment="chats to which an account may not send yet")

    account_id: Mapped[AccountId] = mapped_column(
        ForeignKey("telegram_account.id", ondelete="CASCADE"), primary_key=True, comment="account that must wait"
    )
    chat_id: Mapped[ChatId] = mapped_column(
        primary_key=True, autoincrement=False, comment="chat that takes nothing yet"
    )
    until: Mapped[datetime] = mapped_column(UtcDateTime(), comment="end of the wait")
    reason: Mapped[str] = mapped_column(String(REASON_LENGTH), comment="which wait Telegram ordered")
