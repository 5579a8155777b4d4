"""What worker processes did in each short span of time, for charts."""

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from tgforward.db.base import Base, table_args

SPAN_S = 20
"""Seconds that one row stands for."""


class WorkerSample(Base):
    """Counts and lateness of one process in one span; a process that did nothing leaves no row."""

    __tablename__ = "worker_sample"
    __table_args__ = table_args(comment="what workers did in each span of 20 seconds")

    span: Mapped[int] = mapped_column(
        Integer, primary_key=True, autoincrement=False, comment="number of the span: Unix time / 20 s"
    )
    owner: Mapped[str] = mapped_column(String(64), primary_key=True, comment="process")
    runs: Mapped[int] = mapped_column(comment="runs that began")
    sent: Mapped[int] = mapped_column(comment="messages sent, each dest counted")
    skipped: Mapped[int] = mapped_column(comment="messages held back by the rules")
    failed: Mapped[int] = mapped_column(comment="messages that Telegram refused for good")
    late_p50_ms: Mapped[int | None] = mapped_column(comment="median lateness of the runs; null: none began")
    late_p99_ms: Mapped[int | None] = mapped_column(comment="99 of 100 runs began this late or earlier")
