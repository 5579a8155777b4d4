"""Who may use the web console and the API."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from tgforward.db.base import Base, state_type, table_args
from tgforward.db.clock import UtcDateTime, utc_now


class Role(StrEnum):
    """What a web user may do; each but the tenant may do all that the one before may."""

    TENANT = "tenant"
    """Sees and tunes the configs of one user of the forwarder, and nothing else."""
    VIEWER = "viewer"
    """Sees everything, changes nothing."""
    OPERATOR = "operator"
    """Works with configs, dead deliveries and accounts that are there."""
    ADMIN = "admin"
    """Logs accounts in, gives users time, and makes tokens for everybody."""


class WebUser(Base):
    """A person with a password; `user_id` names the user of the forwarder whose configs a tenant sees."""

    __tablename__ = "web_user"
    __table_args__ = table_args(comment="who may use the web console and the API", sqlite_autoincrement=True)

    id: Mapped[int] = mapped_column(primary_key=True, comment="number of the web user")
    name: Mapped[str] = mapped_column(String(64), unique=True, comment="log-in name")
    password_hash: Mapped[str] = mapped_column(String(255), comment="argon2id, with its parameters")
    role: Mapped[Role] = mapped_column(state_type(Role), comment="tenant, viewer, operator, admin")
    user_id: Mapped[str | None] = mapped_column(
        String(20), ForeignKey("user.id", ondelete="CASCADE"), comment="whose configs a tenant sees; null: no tenant"
    )
    is_disabled: Mapped[bool] = mapped_column(default=False, server_default="0", comment="may not log in")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime(), server_default=utc_now(), comment="made")
    last_login_at: Mapped[datetime | None] = mapped_column(UtcDateTime(), comment="last log-in by password")
