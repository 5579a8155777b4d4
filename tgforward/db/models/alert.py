"""What people must be told: written in the transaction in which it happens, sent by whoever comes to it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, Integer, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from tgforward.db.base import BIG_ID, REASON_LENGTH, Base, state_type, table_args
from tgforward.db.clock import UtcDateTime, utc_now
from tgforward.types import AccountId, ConfigId


class AlertKind(StrEnum):
    """What was stopped until a person does something."""

    ACCOUNT_PARKED = "account_parked"
    CONFIG_PARKED = "config_parked"
    DEST_PARKED = "dest_parked"
    TEST = "test"
    """Nothing was: somebody wants to know whether alerts arrive."""


class Alert(Base):
    """One event, and what each way of telling it has come to; it outlives the account and the config."""

    __tablename__ = "alert"
    __table_args__ = table_args(Index(None, "at"), comment="what people must be told")

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True, comment="number of the event")
    at: Mapped[datetime] = mapped_column(UtcDateTime(), server_default=utc_now(), comment="when it happened")
    kind: Mapped[AlertKind] = mapped_column(state_type(AlertKind), comment="account_parked, config_parked, dest_parked")
    account_id: Mapped[AccountId] = mapped_column(comment="account that was, or that met, the trouble")
    config_id: Mapped[ConfigId | None] = mapped_column(comment="config; null: all of the account's")
    dest_number: Mapped[int | None] = mapped_column(SmallInteger, comment="further dest; null: the whole config")
    reason: Mapped[str] = mapped_column(String(REASON_LENGTH), comment="why")
    webhook_attempts: Mapped[int] = mapped_column(
        Integer, default=0, server_default="0", comment="how often the webhook was called"
    )
    webhook_next_at: Mapped[datetime] = mapped_column(
        UtcDateTime(), server_default=utc_now(), comment="when the webhook is called next"
    )
    webhook_at: Mapped[datetime | None] = mapped_column(UtcDateTime(), comment="when the webhook took it")
    chat_at: Mapped[datetime | None] = mapped_column(UtcDateTime(), comment="when it was sent to the operations chat")
