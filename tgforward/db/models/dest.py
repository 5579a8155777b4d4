"""Further dests of a config, beside its own."""

from enum import StrEnum

from sqlalchemy import ForeignKey, Integer, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from tgforward.db.base import REASON_LENGTH, Base, state_type, table_args
from tgforward.types import ChatId, ConfigId, MessageId


class DestState(StrEnum):
    """Whether messages go there."""

    ACTIVE = "active"
    PARKED = "parked"
    """A permanent error stopped it; `state_reason` says which."""
    REMOVED = "removed"
    """A person took it away; the row stays, so that its number is never used again."""


class ForwardDest(Base):
    """One more chat that a config's messages go to, with cursors of its own.

    Its number is part of each `random_id`: one that came back would make Telegram swallow messages. The cursors are
    null until the first run; its history window is the config's.
    """

    __tablename__ = "forward_dest"
    __table_args__ = table_args(comment="further chats that a config's messages go to")

    config_id: Mapped[ConfigId] = mapped_column(
        ForeignKey("forward_config.id", ondelete="CASCADE"), primary_key=True, comment="config that sends there"
    )
    number: Mapped[int] = mapped_column(
        SmallInteger, primary_key=True, autoincrement=False, comment="1 to 31, part of delivery.part"
    )
    chat_id: Mapped[ChatId] = mapped_column(comment="dest chat id")
    topic_id: Mapped[MessageId | None] = mapped_column(comment="topic of the dest; null: none")
    state: Mapped[DestState] = mapped_column(
        state_type(DestState), default=DestState.ACTIVE, server_default="active", comment="active, parked, removed"
    )
    state_reason: Mapped[str | None] = mapped_column(String(REASON_LENGTH), comment="why it is not active")
    history_cursor: Mapped[MessageId | None] = mapped_column(comment="highest history message seen")
    live_cursor: Mapped[MessageId | None] = mapped_column(comment="highest live message seen; null: not begun")
    history_forwarded: Mapped[int] = mapped_column(default=0, server_default="0", comment="history messages sent")
    live_forwarded: Mapped[int] = mapped_column(default=0, server_default="0", comment="live messages sent")
    change_pts: Mapped[int | None] = mapped_column(
        Integer, comment="Telegram's count of the source's changes that were followed; null: none yet"
    )
