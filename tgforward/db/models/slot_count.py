"""Slots of configs that brought no run."""

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from tgforward.db.base import Base, table_args
from tgforward.types import ConfigId


class ConfigSlotCount(Base):
    """The counts of one config; there is a row once there is something to count.

    A table of its own without a reference to the config: schedulers must not wait for the rows that workers settle on.
    """

    __tablename__ = "config_slot_count"
    __table_args__ = table_args(comment="slots that brought no run")

    config_id: Mapped[ConfigId] = mapped_column(
        primary_key=True, autoincrement=False, comment="config, or one that was removed"
    )
    coalesced: Mapped[int] = mapped_column(
        BigInteger, default=0, server_default="0", comment="fell into the previous run"
    )
    missed: Mapped[int] = mapped_column(
        BigInteger, default=0, server_default="0", comment="passed while nobody could enqueue them"
    )
