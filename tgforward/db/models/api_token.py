"""Bearer tokens of programs."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from tgforward.db.base import Base, table_args
from tgforward.db.clock import UtcDateTime, utc_now


class ApiToken(Base):
    """What lets a program use the API as its owner, within some scopes; the token itself is shown once, not stored."""

    __tablename__ = "api_token"
    __table_args__ = table_args(comment="bearer tokens of programs", sqlite_autoincrement=True)

    id: Mapped[int] = mapped_column(primary_key=True, comment="number of the token")
    name: Mapped[str] = mapped_column(String(64), comment="what people call it")
    token_hash: Mapped[str] = mapped_column(String(64), unique=True, comment="SHA-256 of the token")
    web_user_id: Mapped[int] = mapped_column(
        ForeignKey("web_user.id", ondelete="CASCADE"), index=True, comment="owner; no token may more than its owner"
    )
    scopes: Mapped[list[str]] = mapped_column(JSON, comment="what it is for, such as configs:read")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime(), server_default=utc_now(), comment="made")
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime(), comment="end; null: none")
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime(), comment="last use, to the minute")
