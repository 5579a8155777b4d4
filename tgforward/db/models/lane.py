"""Which process owns which lane."""

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from tgforward.db.base import Base, table_args
from tgforward.types import AccountId


class LaneLease(Base):
    """The right to use one account until `expires_at_ms` by the database's clock."""

    __tablename__ = "lane_lease"
    __table_args__ = table_args(Index(None, "owner"), comment="which process owns which account")

    account_id: Mapped[AccountId] = mapped_column(
        ForeignKey("telegram_account.id", ondelete="CASCADE"), primary_key=True, comment="account that is leased"
    )
    owner: Mapped[str] = mapped_column(String(64), comment="process that holds it; empty: nobody")
    token: Mapped[int] = mapped_column(BigInteger, comment="rises with each change of owner")
    expires_at_ms: Mapped[int] = mapped_column(BigInteger, comment="ms since 1970 by the database's clock")
