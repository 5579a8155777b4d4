"""Configs found by what people remember of them, in the order that they want, a page at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, func, or_, select

from tgforward.db.models import ConfigState, TelegramPeer, TGForwardConfig
from tgforward.db.session import Session
from tgforward.types import AccountId, ConfigId

LONGEST_SEARCH = 200


class ConfigOrder(StrEnum):
    """By what configs are ordered; of those that are alike in that, the lowest number comes first."""

    ID = "id"
    NAME = "name"
    LAST_RUN = "last_run_at"
    LIVE = "live_forwarded"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class ConfigQuery:
    """Which configs are meant, and in what order; what is None does not matter."""

    search: str | None = None
    """Part of the name or of the title or public name of source or dest; or a number."""
    state: ConfigState | None = None
    account_id: AccountId | None = None
    user_id: str | None = None
    order: ConfigOrder = ConfigOrder.ID
    is_descending: bool = False


class Position(NamedTuple):
    """Where a page ends: the last config and what it is ordered by."""

    value: Any
    config_id: ConfigId


async def search_configs(
    session: Session, query: ConfigQuery, *, after: Position | None, limit: int
) -> Sequence[TGForwardConfig]:
    """At most `limit` of the configs that are meant, from behind a position.

    However far back that is, the database reads no row before it twice: it is a condition, not an offset.
    """
    key, number = _KEYS[query.order], TGForwardConfig.id
    conditions = _conditions(query)
    if after is not None:
        conditions.append(_behind(key, after, is_descending=query.is_descending))
    statement = select(TGForwardConfig).where(*conditions).limit(limit)
    ordered = (key.desc(), number.desc()) if query.is_descending else (key, number)
    return (await session.scalars(statement.order_by(*ordered))).all()


async def count_found(session: Session, query: ConfigQuery) -> int:
    """How many configs are meant, on all pages."""
    statement = select(func.count()).select_from(TGForwardConfig).where(*_conditions(query))
    return (await session.execute(statement)).scalar_one()


def position_of(query: ConfigQuery, row: TGForwardConfig) -> Position:
    """Where the config stands in that order."""
    return Position(getattr(row, query.order), row.id)


def _behind(key: ColumnElement[Any], after: Position, *, is_descending: bool) -> ColumnElement[bool]:
    """Both databases put what has no value first, and last in descending order."""
    number = TGForwardConfig.id
    alike = key.is_(None) if after.value is None else key == after.value
    if is_descending:
        beyond = [key < after.value, key.is_(None)] if after.value is not None else []
        return or_(*beyond, and_(alike, number < after.config_id))
    beyond = [key > after.value if after.value is not None else key.is_not(None)]
    return or_(*beyond, and_(alike, number > after.config_id))


def _conditions(query: ConfigQuery) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if query.search:
        conditions.append(_remembered(query.search))
    if query.state is not None:
        conditions.append(TGForwardConfig.state == query.state)
    if query.account_id is not None:
        conditions.append(TGForwardConfig.account_id == query.account_id)
    if query.user_id is not None:
        conditions.append(TGForwardConfig.user_id == query.user_id)
    return conditions


def _remembered(text: str) -> ColumnElement[bool]:
    titled = TelegramPeer.title.icontains(text, autoescape=True)
    named = TelegramPeer.username.icontains(text.removeprefix("@"), autoescape=True)
    chats = select(TelegramPeer.chat_id).where(or_(titled, named))
    found = [
        TGForwardConfig.name.icontains(text, autoescape=True),
        TGForwardConfig.source.in_(chats),
        TGForwardConfig.dest.in_(chats),
    ]
    if text.lstrip("-").isdecimal() and len(text) < 19:
        number = int(text)
        found += [column == number for column in (TGForwardConfig.id, TGForwardConfig.source, TGForwardConfig.dest)]
    return or_(*found)


_KEYS: Mapping[ConfigOrder, ColumnElement[Any]] = {order: TGForwardConfig.__table__.c[order] for order in ConfigOrder}
