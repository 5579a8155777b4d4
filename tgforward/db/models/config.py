"""What is to be forwarded, and how far that has come."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Integer, String, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tgforward.db.base import REASON_LENGTH, Base, state_type, table_args
from tgforward.db.clock import UtcDateTime, utc_now
from tgforward.db.models.account import TelegramAccount
from tgforward.db.models.user import User
from tgforward.types import AccountId, ChatId, ConfigId, MessageId

DEFAULT_INTERVAL_S = 20
DEFAULT_TIME_ZONE = "Asia/Shanghai"


class ConfigState(StrEnum):
    """Whether a config runs."""

    ACTIVE = "active"
    PAUSED = "paused"
    """A person stopped it."""
    PARKED = "parked"
    """A permanent error stopped it; `state_reason` says which."""


class TGForwardConfig(Base):
    """One source, one dest, and the rules between them; further dests are in `ForwardDest`.

    The history window is the messages `history_floor < id <= history_top`; `live_cursor` starts at its top. All four
    are null until the first run fixes them. Cursors are the highest ids seen, skipped messages included.
    """

    __tablename__ = "forward_config"
    __table_args__ = table_args(
        Index(None, "updated_at"),
        Index(None, "state"),
        comment="what is forwarded from where to where",
        sqlite_autoincrement=True,  # a removed config's id must not come back: random_id is derived from it
    )

    id: Mapped[ConfigId] = mapped_column(primary_key=True, comment="number of the config")
    user_id: Mapped[str | None] = mapped_column(String(20), ForeignKey("user.id"), comment="owner; null: no time limit")
    source: Mapped[ChatId] = mapped_column(comment="source chat id")
    dest: Mapped[ChatId] = mapped_column(comment="dest chat id")
    forward_history_count: Mapped[int] = mapped_column(comment="history messages to forward; 0 none, -1 all")
    interval_second: Mapped[int] = mapped_column(default=DEFAULT_INTERVAL_S, comment="seconds between runs")
    remove_word: Mapped[str | None] = mapped_column(String(2000), comment="words to delete, comma-separated")
    cut_word: Mapped[str | None] = mapped_column(String(2000), comment="truncate at these, comma-separated")
    skip_word: Mapped[str | None] = mapped_column(String(2000), comment="skip messages with these, comma-separated")
    add_text: Mapped[str | None] = mapped_column(String(2000), comment="text to append, a template")
    create_at: Mapped[datetime] = mapped_column(UtcDateTime(fsp=None), server_default=func.now(), comment="created")

    name: Mapped[str | None] = mapped_column(String(64), comment="what people call it")
    account_id: Mapped[AccountId | None] = mapped_column(
        ForeignKey("telegram_account.id"), comment="account that reads and writes; null: cannot run"
    )
    state: Mapped[ConfigState] = mapped_column(
        state_type(ConfigState), default=ConfigState.ACTIVE, server_default="active", comment="active, paused, parked"
    )
    state_reason: Mapped[str | None] = mapped_column(String(REASON_LENGTH), comment="why it is not active")
    version: Mapped[int] = mapped_column(default=1, server_default="1", comment="rises with every edit")
    epoch: Mapped[int] = mapped_column(default=0, server_default="0", comment="part of random_id; rises to send anew")
    time_zone: Mapped[str] = mapped_column(
        String(64), default=DEFAULT_TIME_ZONE, server_default=DEFAULT_TIME_ZONE, comment="of dates in add_text"
    )
    instant: Mapped[bool] = mapped_column(
        default=False, server_default="0", comment="whether live updates run it between its slots"
    )
    rules: Mapped[dict[str, Any] | None] = mapped_column(
        JSON(none_as_null=True), comment="steps, sending, following; null: every default"
    )
    source_topic_id: Mapped[MessageId | None] = mapped_column(comment="the only topic that is read; null: all")
    dest_topic_id: Mapped[MessageId | None] = mapped_column(comment="topic of the dest; null: none")

    live_cursor: Mapped[MessageId | None] = mapped_column(comment="highest live message seen; null: window not fixed")
    history_floor: Mapped[MessageId | None] = mapped_column(comment="message below the history window")
    history_top: Mapped[MessageId | None] = mapped_column(comment="last message of the history window")
    history_cursor: Mapped[MessageId | None] = mapped_column(comment="highest history message seen")
    history_total: Mapped[int | None] = mapped_column(comment="messages in the history window")
    change_pts: Mapped[int | None] = mapped_column(
        Integer, comment="Telegram's count of the source's changes that were followed; null: none yet"
    )
    history_forwarded: Mapped[int] = mapped_column(default=0, server_default="0", comment="history messages sent")
    live_forwarded: Mapped[int] = mapped_column(default=0, server_default="0", comment="live messages sent")
    skipped: Mapped[int] = mapped_column(Integer, default=0, server_default="0", comment="messages the rules held back")
    last_run_at: Mapped[datetime | None] = mapped_column(UtcDateTime(), comment="last run that did something")
    updated_at: Mapped[datetime] = mapped_column(
        UtcDateTime(), server_default=utc_now(), comment="last edit; the schedulers' watermark"
    )

    user: Mapped[User | None] = relationship(back_populates="configs", lazy="raise")
    account: Mapped[TelegramAccount | None] = relationship(lazy="raise")
