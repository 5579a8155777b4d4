"""Log-ins at Telegram."""

from base64 import b64decode, b64encode
from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Dialect, String, Text
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from tgforward.db.base import REASON_LENGTH, Base, state_type, table_args
from tgforward.db.clock import UtcDateTime, utc_now
from tgforward.types import AccountId


class AccountKind(StrEnum):
    """Who is logged in; bots cannot read history."""

    USER = "user"
    BOT = "bot"


class AccountState(StrEnum):
    """Whether the account may be used; a flood wait is no state but a deadline, `wait_until`."""

    ACTIVE = "active"
    PARKED = "parked"


class Base64(TypeDecorator[bytes]):
    """Bytes stored as text: aiomysql 0.3.2 beside PyMySQL 1.2 cannot bind bytes (`'str' object is not callable`)."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """The text of `value`."""
        return None if value is None else b64encode(value).decode("ascii")

    def process_result_value(self, value: str | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002 - as above
        """The bytes again."""
        return None if value is None else b64decode(value)


class TelegramAccount(Base):
    """One session at Telegram; also a lane: at any time at most one process uses it."""

    __tablename__ = "telegram_account"
    __table_args__ = table_args(comment="log-ins at Telegram", sqlite_autoincrement=True)

    id: Mapped[AccountId] = mapped_column(primary_key=True, comment="number of the account and of its lane")
    name: Mapped[str] = mapped_column(String(64), unique=True, comment="what people call it")
    kind: Mapped[AccountKind] = mapped_column(state_type(AccountKind), comment="user or bot")
    user_id: Mapped[int | None] = mapped_column(BigInteger, comment="Telegram's id of who is logged in")
    session_sealed: Mapped[bytes | None] = mapped_column(Base64(), comment="encrypted session, base64")
    state: Mapped[AccountState] = mapped_column(
        state_type(AccountState), default=AccountState.ACTIVE, server_default="active", comment="active or parked"
    )
    state_reason: Mapped[str | None] = mapped_column(String(REASON_LENGTH), comment="why it is parked")
    wait_until: Mapped[datetime | None] = mapped_column(UtcDateTime(), comment="end of a flood wait")
    wait_reason: Mapped[str | None] = mapped_column(String(REASON_LENGTH), comment="which wait Telegram ordered")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime(), server_default=utc_now(), comment="first log-in")
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime(), server_default=utc_now(), comment="last change")
