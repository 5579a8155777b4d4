"""Configs found, filtered and ordered, a page at a time, with what decides whether they run."""

from dataclasses import dataclass
from datetime import datetime

from tgforward.db.config_search import (
    LONGEST_SEARCH,
    ConfigOrder,
    ConfigQuery,
    Position,
    count_found,
    position_of,
    search_configs,
)
from tgforward.db.models.config import TGForwardConfig
from tgforward.db.session import reading
from tgforward.errors import InvalidInput
from tgforward.services.config_status import FoundConfigs, look_around
from tgforward.services.cursors import pack_cursor, unpack_cursor
from tgforward.services.database import Stored
from tgforward.types import ConfigId

MOST_PER_PAGE = 200
KINDS = {
    ConfigOrder.ID: int,
    ConfigOrder.NAME: str,
    ConfigOrder.LAST_RUN: datetime,
    ConfigOrder.LIVE: int,
    ConfigOrder.SKIPPED: int,
}


@dataclass(frozen=True, slots=True)
class ConfigsFound:
    """A page of configs; nine statements, however many configs there are."""

    configs: FoundConfigs
    next_cursor: str | None
    """Where the next page begins; None: this is the last one."""
    total: int | None
    """How many there are on all pages; None: nobody asked."""


async def find_page(
    deps: Stored, query: ConfigQuery, *, cursor: str | None = None, limit: int = 50, with_total: bool = False
) -> ConfigsFound:
    """The page that begins at a cursor, at most 200 configs.

    Raises:
        InvalidInput: the cursor is not of this order, or what is searched for is too long.
    """
    if not 1 <= limit <= MOST_PER_PAGE:
        raise InvalidInput(f"a page has 1 to {MOST_PER_PAGE} configs, not {limit}")
    if len(query.search or "") > LONGEST_SEARCH:
        raise InvalidInput(f"what is searched for has more than {LONGEST_SEARCH} characters: shorten it")
    after = None if cursor is None else _unpack(query, cursor)
    async with reading(deps.session_factory) as session:
        total = await count_found(session, query) if with_total else None
        rows = list(await search_configs(session, query, after=after, limit=limit + 1))
        found = await look_around(session, rows[:limit], deps.clock.now())
    return ConfigsFound(found, _next(query, rows, limit), total)


def _next(query: ConfigQuery, rows: list[TGForwardConfig], limit: int) -> str | None:
    if len(rows) <= limit:
        return None
    return pack_cursor(query.order, query.is_descending, *position_of(query, rows[limit - 1]))


def _unpack(query: ConfigQuery, cursor: str) -> Position:
    kinds = (str, bool, KINDS[query.order], int)
    order, is_descending, value, config_id = unpack_cursor(cursor, kinds)
    if (order, is_descending) != (str(query.order), query.is_descending):
        raise InvalidInput("the cursor belongs to another order: leave it out to begin anew")
    return Position(value, ConfigId(config_id))
