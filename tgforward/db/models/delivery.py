"""The ledger: what was sent, and what was begun."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tgforward.db.base import BIG_ID, REASON_LENGTH, Base, state_type, table_args
from tgforward.db.clock import UtcDateTime, utc_now
from tgforward.types import AccountId, ChatId, ConfigId, MessageId, RandomId


class DeliveryState(StrEnum):
    """How far one delivery has come."""

    RESERVED = "reserved"
    """It is going to be sent, or was, and the answer is unknown."""
    SENT = "sent"
    DEAD = "dead"
    """It failed for good; `reason` says why."""
    WITHDRAWN = "withdrawn"
    """It was sent, and deleted in the dest because it was deleted in the source."""


class Delivery(Base):
    """One message sent for one config; reserved before the send, settled after it."""

    __tablename__ = "delivery"
    __table_args__ = table_args(
        UniqueConstraint("config_id", "source_chat_id", "source_message_id", "part"),
        Index(None, "account_id"),
        Index(None, "config_id", "state"),
        Index(None, "state", "settled_at"),
        Index(None, "config_id", "content_hash"),
        Index(None, "config_id", "settled_at", "source_message_id"),
        comment="what was sent for which source message",
    )

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True, comment="number of the delivery")
    config_id: Mapped[ConfigId] = mapped_column(
        ForeignKey("forward_config.id", ondelete="CASCADE"), comment="config it was sent for"
    )
    source_chat_id: Mapped[ChatId] = mapped_column(comment="chat it came from; a source that migrates has two")
    source_message_id: Mapped[MessageId] = mapped_column(comment="message it came from")
    part: Mapped[int] = mapped_column(SmallInteger, comment="which dest, version and piece; 0: the message itself")
    random_id: Mapped[RandomId] = mapped_column(comment="by which Telegram recognises a repeated send")
    state: Mapped[DeliveryState] = mapped_column(state_type(DeliveryState), comment="reserved, sent, dead, withdrawn")
    dest_chat_id: Mapped[ChatId] = mapped_column(comment="chat it goes to")
    dest_message_id: Mapped[MessageId | None] = mapped_column(comment="message it became")
    account_id: Mapped[AccountId | None] = mapped_column(
        ForeignKey("telegram_account.id", ondelete="SET NULL"), comment="account that began the send"
    )
    attempts: Mapped[int] = mapped_column(default=1, server_default="1", comment="times reserved")
    reason: Mapped[str | None] = mapped_column(String(REASON_LENGTH), comment="why it is dead")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime(), server_default=utc_now(), comment="first reserved")
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime(), comment="known to be sent or dead")
    source_edited_at: Mapped[datetime | None] = mapped_column(
        UtcDateTime(), comment="last edit of the source that the dest shows; null: none"
    )
    content_hash: Mapped[int | None] = mapped_column(
        BigInteger, comment="of the original text and media; null: not compared"
    )
    fingerprint: Mapped[int | None] = mapped_column(
        BigInteger, comment="of the text and media that were sent; null: of no use"
    )
