"""What all tables have in common: names of constraints, storage, types."""

from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Enum, Integer, MetaData, inspect
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.schema import SchemaItem

from tgforward.types import AccountId, ChatId, ConfigId, MessageId, RandomId

# Primary keys stay unnamed: MySQL ignores their names, with a warning.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
}

REASON_LENGTH = 500
"""Characters of a stored reason; longer ones are cut by the functions that store them."""

BIG_ID = BigInteger().with_variant(Integer, "sqlite")
"""A 64-bit number that the database counts up; SQLite does that for INTEGER only (64 bits there as well)."""


class Base(DeclarativeBase):
    """Base of all models; values that the server fills in are fetched at the flush, nothing is loaded later."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar = {
        ConfigId: Integer,
        AccountId: Integer,
        ChatId: BigInteger,
        MessageId: BigInteger,
        RandomId: BigInteger,
    }
    __mapper_args__ = {"eager_defaults": True}  # noqa: RUF012 - declared by SQLAlchemy as it is

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {inspect(self).identity}>"


def table_args(*items: SchemaItem, comment: str, **options: Any) -> tuple[Any, ...]:
    """`__table_args__` of a model: its constraints and indexes, its comment, and the storage that all share."""
    storage = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_general_ci"}
    return (*items, {"comment": comment, **storage, **options})


def state_type(states: type[StrEnum]) -> Enum:
    """A column type that stores the values of `states` as VARCHAR(16)."""
    return Enum(states, native_enum=False, length=16, values_callable=lambda kind: [member.value for member in kind])
