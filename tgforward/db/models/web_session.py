"""Log-ins of browsers."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from tgforward.db.base import Base, table_args
from tgforward.db.clock import UtcDateTime, utc_now


class WebSession(Base):
    """One browser that is logged in; what it holds is not stored, so that a copy of the database lets nobody in.

    The token against forged requests is derived from what the browser holds, and stands nowhere either.
    """

    __tablename__ = "web_session"
    __table_args__ = table_args(Index(None, "expires_at"), comment="browsers that are logged in")

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True, comment="SHA-256 of the cookie")
    web_user_id: Mapped[int] = mapped_column(
        ForeignKey("web_user.id", ondelete="CASCADE"), index=True, comment="who logged in"
    )
    created_at: Mapped[datetime] = mapped_column(UtcDateTime(), server_default=utc_now(), comment="log-in")
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime(), comment="end of the session")
