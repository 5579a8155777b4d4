"""Requests that are not done twice."""

from datetime import datetime

from sqlalchemy import Dialect, Index, SmallInteger, String, Text
from sqlalchemy.dialects import mysql
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeEngine

from tgforward.db.base import Base, table_args
from tgforward.db.clock import UtcDateTime, utc_now
from tgforward.db.models.account import Base64


class LongBase64(Base64):
    """Bytes stored as text that may be longer than MySQL's TEXT of 64 KB."""

    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[str]:
        """MEDIUMTEXT on MySQL."""
        return dialect.type_descriptor(mysql.MEDIUMTEXT() if dialect.name == "mysql" else Text())


class IdempotencyKey(Base):
    """A writing request by the key that its sender gave it, and what it was answered."""

    __tablename__ = "idempotency_key"
    __table_args__ = table_args(Index(None, "expires_at"), comment="requests that are not done twice")

    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True, comment="SHA-256 of sender and key")
    fingerprint: Mapped[str] = mapped_column(String(64), comment="SHA-256 of what was asked")
    claim: Mapped[str] = mapped_column(String(32), comment="which of several attempts does it")
    status: Mapped[int | None] = mapped_column(SmallInteger, comment="status of the answer; null: under way")
    response_sealed: Mapped[bytes | None] = mapped_column(LongBase64(), comment="encrypted answer, base64")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime(), server_default=utc_now(), comment="when it came")
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime(), comment="then the key means nothing any more")
