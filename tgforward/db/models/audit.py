"""Who changed what."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from tgforward.db.base import BIG_ID, Base, table_args
from tgforward.db.clock import UtcDateTime, utc_now


class AuditEntry(Base):
    """One change that a person or a program made; it outlives what was changed."""

    __tablename__ = "audit_log"
    __table_args__ = table_args(Index(None, "target"), comment="who changed what")

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True, comment="number of the entry")
    at: Mapped[datetime] = mapped_column(UtcDateTime(), server_default=utc_now(), comment="when")
    actor: Mapped[str] = mapped_column(String(64), comment="who")
    action: Mapped[str] = mapped_column(String(64), comment="what was done, such as config.edit")
    target: Mapped[str] = mapped_column(String(64), comment="to what, such as config:3")
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, comment="what changed; never a secret or message text")
