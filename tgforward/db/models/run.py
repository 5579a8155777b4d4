"""Runs that did something."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from tgforward.db.base import BIG_ID, REASON_LENGTH, Base, table_args
from tgforward.db.clock import UtcDateTime
from tgforward.types import AccountId, ConfigId


class ForwardRun(Base):
    """One run of a config that sent, skipped or failed; runs that found nothing leave no row."""

    __tablename__ = "forward_run"
    __table_args__ = table_args(
        Index(None, "config_id"),
        Index(None, "account_id"),
        comment="runs that did something",
    )

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True, comment="number of the run")
    config_id: Mapped[ConfigId] = mapped_column(
        ForeignKey("forward_config.id", ondelete="CASCADE"), comment="config that ran"
    )
    account_id: Mapped[AccountId | None] = mapped_column(
        ForeignKey("telegram_account.id", ondelete="SET NULL"), comment="account that was used"
    )
    started_at: Mapped[datetime] = mapped_column(UtcDateTime(), comment="when it began")
    duration_ms: Mapped[int] = mapped_column(comment="how long it took")
    history: Mapped[int] = mapped_column(default=0, server_default="0", comment="history messages sent")
    live: Mapped[int] = mapped_column(default=0, server_default="0", comment="live messages sent")
    skipped: Mapped[int] = mapped_column(default=0, server_default="0", comment="messages held back")
    skipped_by_reason: Mapped[dict[str, int]] = mapped_column(JSON, comment="how many for which reason")
    error: Mapped[str | None] = mapped_column(String(REASON_LENGTH), comment="what ended it early")
