"""Configs found a page at a time."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import insert

from tests.db.build import make_account
from tests.db.statements import counted
from tgforward.db.config_search import ConfigOrder, ConfigQuery
from tgforward.db.models import ConfigState, PeerKind, TGForwardConfig
from tgforward.db.peers import KnownPeer, store_peers
from tgforward.db.session import SessionFactory
from tgforward.db.users import add_user
from tgforward.errors import InvalidInput
from tgforward.services.config_search import find_page
from tgforward.services.cursors import pack_cursor
from tgforward.services.database import Database
from tgforward.types import AccountId, ChatId

NAMES = ("beta", None, "Alpha", "beta", "gamma_1", "gamma%1", None)


@pytest.fixture
async def stored(session_factory: SessionFactory) -> Database:
    """Seven configs: two without a name, two of user 7, one paused."""
    account_id = await make_account(session_factory)
    async with session_factory.begin() as session:
        await add_user(session, "7")
        peers = [KnownPeer(ChatId(-100), 1, PeerKind.CHANNEL, "daily_news", "The Daily News")]
        await store_peers(session, account_id, peers)
        await session.execute(insert(TGForwardConfig), [_row(number, account_id) for number in range(len(NAMES))])
    return Database(session_factory)


def _row(number: int, account_id: AccountId) -> dict[str, Any]:
    return {
        "id": number + 1,
        "name": NAMES[number],
        "source": -100 if number == 3 else -200,
        "dest": -300,
        "forward_history_count": 0,
        "account_id": account_id,
        "user_id": "7" if number in (1, 4) else None,
        "state": ConfigState.PAUSED if number == 5 else ConfigState.ACTIVE,
        "live_forwarded": number % 3,
        "last_run_at": datetime(2026, 1, 1, 12, number, tzinfo=UTC) if number % 2 else None,
    }


async def _walk(stored: Database, query: ConfigQuery, limit: int = 2) -> list[int]:
    """The numbers on all pages."""
    numbers: list[int] = []
    cursor = None
    while True:
        found = await find_page(stored, query, cursor=cursor, limit=limit)
        numbers += [row.id for row in found.configs.rows]
        if (cursor := found.next_cursor) is None:
            return numbers


@pytest.mark.parametrize("is_descending", [False, True])
@pytest.mark.parametrize("order", ConfigOrder)
async def test_pages_follow_each_other(stored: Database, order: ConfigOrder, *, is_descending: bool) -> None:
    """Each config is on one page, in the order that one page with all of them has."""
    query = ConfigQuery(order=order, is_descending=is_descending)
    one = await find_page(stored, query, limit=100)

    assert await _walk(stored, query) == [row.id for row in one.configs.rows]
    assert sorted(row.id for row in one.configs.rows) == [1, 2, 3, 4, 5, 6, 7]


async def test_the_order_is_that_of_the_values(stored: Database) -> None:
    """What has no value comes first, what is alike by number."""
    assert await _walk(stored, ConfigQuery(order=ConfigOrder.LAST_RUN)) == [1, 3, 5, 7, 2, 4, 6]
    assert await _walk(stored, ConfigQuery(order=ConfigOrder.LIVE, is_descending=True)) == [6, 3, 5, 2, 7, 4, 1]


@pytest.mark.parametrize(
    ("search", "numbers"),
    [
        ("BETA", [1, 4]),
        ("daily", [4]),
        ("@daily_news", [4]),
        ("-100", [4]),
        ("2", [2]),
        ("a_1", [5]),
        ("%", [6]),
        ("x", []),
    ],
)
async def test_they_are_found_by_what_people_remember(stored: Database, search: str, numbers: Sequence[int]) -> None:
    """Part of a name, title or public name in any case, or a number; signs of SQL mean themselves."""
    found = await find_page(stored, ConfigQuery(search=search), with_total=True)

    assert ([row.id for row in found.configs.rows], found.total) == (numbers, len(numbers))


async def test_they_are_filtered(stored: Database) -> None:
    """By state, account and user."""
    assert await _walk(stored, ConfigQuery(state=ConfigState.PAUSED)) == [6]
    assert await _walk(stored, ConfigQuery(user_id="7")) == [2, 5]
    assert await _walk(stored, ConfigQuery(account_id=AccountId(99))) == []


@pytest.mark.parametrize(
    "cursor", ["", "x", "é", pack_cursor("id", False, 1), pack_cursor("id", False, "1", 1), "W" * 9999]
)
async def test_a_cursor_that_was_not_given_out_is_refused(stored: Database, cursor: str) -> None:
    """One sentence, whatever it is; that of another order too."""
    with pytest.raises(InvalidInput, match="cursor"):
        await find_page(stored, ConfigQuery(), cursor=cursor)
    with pytest.raises(InvalidInput, match="another order"):
        await find_page(stored, ConfigQuery(), cursor=pack_cursor("id", True, 1, 1))


async def test_a_page_takes_ten_statements(stored: Database, session_factory: SessionFactory) -> None:
    """However many configs are on it and behind it."""
    counts = []
    for limit in (1, 7):
        with counted(session_factory) as statements:
            await find_page(stored, ConfigQuery(search="a"), limit=limit, with_total=True)
        counts.append(len(statements))

    assert max(counts) <= 10
