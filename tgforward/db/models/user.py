"""Who may use the forwarder, and until when."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import String, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tgforward.db.base import Base, table_args
from tgforward.db.clock import UtcDateTime

if TYPE_CHECKING:
    from tgforward.db.models.config import TGForwardConfig

TRIAL = timedelta(days=7)
"""How long a newly registered user is authorised."""


def _trial_end() -> datetime:
    return datetime.now(UTC) + TRIAL


class User(Base):
    """A Telegram user who owns configs; they run until `auth_time`, for ever if it is null."""

    __tablename__ = "user"
    __table_args__ = table_args(comment="users of the forwarder")

    id: Mapped[str] = mapped_column(String(20), primary_key=True, comment="Telegram user id")
    reg_at: Mapped[datetime] = mapped_column(UtcDateTime(fsp=None), server_default=func.now(), comment="registered")
    auth_time: Mapped[datetime | None] = mapped_column(
        UtcDateTime(fsp=None), default=_trial_end, comment="authorised until"
    )

    configs: Mapped[list["TGForwardConfig"]] = relationship(back_populates="user", lazy="raise", passive_deletes="all")
