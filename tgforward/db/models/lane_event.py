"""What happened to lanes, for people who look back."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from tgforward.db.base import BIG_ID, REASON_LENGTH, Base, state_type, table_args
from tgforward.db.clock import UtcDateTime, utc_now
from tgforward.types import AccountId


class LaneEventKind(StrEnum):
    """What a lane can meet."""

    OWNED = "owned"
    """A process took it; `reason` is the process."""
    WAITS = "waits"
    """Telegram ordered a wait until `until`."""
    PARKED = "parked"
    """Nobody uses the account until a person does something."""
    RESUMED = "resumed"
    """A person did."""


class LaneEvent(Base):
    """One change of a lane; nothing depends on these rows, and old ones are pruned."""

    __tablename__ = "lane_event"
    __table_args__ = table_args(Index(None, "at"), Index(None, "account_id", "at"), comment="what happened to lanes")

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True, comment="number of the event")
    account_id: Mapped[AccountId] = mapped_column(
        ForeignKey("telegram_account.id", ondelete="CASCADE"), comment="account of the lane"
    )
    at: Mapped[datetime] = mapped_column(UtcDateTime(), server_default=utc_now(), comment="when")
    kind: Mapped[LaneEventKind] = mapped_column(state_type(LaneEventKind), comment="owned, waits, parked, resumed")
    until: Mapped[datetime | None] = mapped_column(UtcDateTime(), comment="end of a wait")
    reason: Mapped[str | None] = mapped_column(String(REASON_LENGTH), comment="which process, which wait, or why")
