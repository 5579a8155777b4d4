"""Chats as one account knows them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from tgforward.db.base import Base, state_type, table_args
from tgforward.db.clock import UtcDateTime, utc_now
from tgforward.types import AccountId, ChatId


class PeerKind(StrEnum):
    """What kind of chat it is."""

    USER = "user"
    CHAT = "chat"
    """A basic group."""
    CHANNEL = "channel"
    SUPERGROUP = "supergroup"


class TelegramPeer(Base):
    """A chat resolved once by one account; the access hash is valid for that account only."""

    __tablename__ = "telegram_peer"
    __table_args__ = table_args(Index(None, "account_id", "username"), comment="chats as each account knows them")

    account_id: Mapped[AccountId] = mapped_column(
        ForeignKey("telegram_account.id", ondelete="CASCADE"), primary_key=True, comment="account that sees the chat"
    )
    chat_id: Mapped[ChatId] = mapped_column(primary_key=True, autoincrement=False, comment="marked chat id")
    access_hash: Mapped[int | None] = mapped_column(BigInteger, comment="Telegram's key to it; null: basic group")
    kind: Mapped[PeerKind] = mapped_column(state_type(PeerKind), comment="user, chat, channel, supergroup")
    username: Mapped[str | None] = mapped_column(String(64), comment="public name without @")
    title: Mapped[str] = mapped_column(String(256), comment="title or a user's name")
    protected: Mapped[bool] = mapped_column(default=False, server_default="0", comment="forbids forwarding")
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime(), server_default=utc_now(), comment="last resolved")
