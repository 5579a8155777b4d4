"""Lists are read a page at a time: each row once, in the order of the whole list."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.db.build import make_account, make_config
from tgforward.db.accounts import list_accounts
from tgforward.db.audit import ChangeFilter, list_changes, record_change
from tgforward.db.configs import count_by_state, list_configs, set_config_state
from tgforward.db.deliveries import list_deliveries
from tgforward.db.dests import add_dest, list_parked, set_dest_state
from tgforward.db.models import ConfigState, Delivery, DeliveryState, DestState
from tgforward.db.runs import NewRun, list_runs, record_runs
from tgforward.db.session import Session, SessionFactory, reading
from tgforward.db.users import add_user, authorise_user, count_configs, list_expired, list_users
from tgforward.types import AccountId, ChatId, ConfigId, MessageId, RandomId

ROWS = 5
PAGE = 2

Listing = Callable[[Session, Any], Awaitable[Sequence[Any]]]
LISTINGS: dict[str, Listing] = {
    "accounts": lambda session, cursor: list_accounts(session, after=cursor, limit=PAGE),
    "configs": lambda session, cursor: list_configs(session, after=cursor, limit=PAGE),
    "users": lambda session, cursor: list_users(session, after=cursor, limit=PAGE),
    "dead": lambda session, cursor: list_deliveries(session, DeliveryState.DEAD, after=cursor, limit=PAGE),
    "runs": lambda session, cursor: list_runs(session, before=cursor, limit=PAGE),
    "changes": lambda session, cursor: list_changes(session, before=cursor, limit=PAGE),
}
NEWEST_FIRST = {"runs", "changes"}


async def fill(factory: SessionFactory) -> None:
    """Five rows of everything; the users were registered in the reverse order of their ids."""
    for number in range(ROWS):
        account_id = await make_account(factory, f"account {number}")
        config_id = await make_config(factory, account_id)
        async with factory.begin() as session:
            user = await add_user(session, str(100 - number))
            user.reg_at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=number // 2)
            await record_change(session, actor="me", action="config.add", target=str(config_id), detail={})
            await add_rows(session, config_id, account_id)


async def add_rows(session: Session, config_id: ConfigId, account_id: AccountId) -> None:
    """A dead delivery and a run."""
    await record_runs(session, [NewRun(config_id, account_id, datetime.now(UTC), timedelta(seconds=1))])
    session.add(
        Delivery(
            config_id=config_id, source_chat_id=ChatId(-1), source_message_id=MessageId(1), part=0,
            random_id=RandomId(1), state=DeliveryState.DEAD, dest_chat_id=ChatId(-2), account_id=account_id,
        )
    )  # fmt: skip


@pytest.mark.parametrize("name", LISTINGS)
async def test_pages_make_the_whole_list(session_factory: SessionFactory, name: str) -> None:
    """From page to page nothing is left out and nothing comes twice, also among users of the same moment."""
    await fill(session_factory)
    listing, seen = LISTINGS[name], []
    async with reading(session_factory) as session:
        page = await listing(session, None)
        while page:
            assert len(page) <= PAGE
            seen += [row.id for row in page]
            page = await listing(session, seen[-1])
    assert len(seen) == len(set(seen)) == ROWS
    if name == "users":
        assert seen == ["100", "99", "97", "98", "96"]
    else:
        assert seen == sorted(seen, reverse=name in NEWEST_FIRST)


async def test_configs_are_counted_by_state(session_factory: SessionFactory) -> None:
    """Also where only those of one state are listed."""
    first, second = await make_config(session_factory), await make_config(session_factory)
    async with session_factory.begin() as session:
        await set_config_state(session, second, ConfigState.PARKED, "gone")
    async with reading(session_factory) as session:
        assert await count_by_state(session) == {ConfigState.ACTIVE: 1, ConfigState.PARKED: 1}
        assert [row.id for row in await list_configs(session, state=ConfigState.PARKED)] == [second]
        assert [row.id for row in await list_configs(session, state=ConfigState.ACTIVE)] == [first]


async def test_parked_dests_of_all_configs(session_factory: SessionFactory) -> None:
    """By config and number, as many as are asked for; those that work are left out."""
    configs = [await make_config(session_factory) for _ in range(2)]
    async with session_factory.begin() as session:
        for config_id in configs:
            for chat in (-1, -2):
                await add_dest(session, config_id, ChatId(chat))
            await set_dest_state(session, config_id, 2, DestState.PARKED, "gone")
    async with reading(session_factory) as session:
        assert [(dest.config_id, dest.number) for dest in await list_parked(session)] == [(key, 2) for key in configs]
        assert len(await list_parked(session, limit=1)) == 1


async def test_expired_users_are_found_without_the_others(session_factory: SessionFactory) -> None:
    """Who has time left, or for ever, is not among them; configs are counted for those that are asked for."""
    now = datetime(2026, 1, 1, tzinfo=UTC)
    ends = {"1": now - timedelta(days=1), "2": now + timedelta(days=1), "3": None, "4": now}
    async with session_factory.begin() as session:
        for user_id, end in ends.items():
            await add_user(session, user_id)
            await authorise_user(session, user_id, end)
    for user_id in ("1", "1", "2"):
        await make_config(session_factory, user_id=user_id)
    async with reading(session_factory) as session:
        assert {user.id for user in await list_expired(session, now)} == {"1", "4"}
        assert len(await list_expired(session, now, limit=1)) == 1
        assert await count_configs(session, ["1", "4"]) == {"1": 2}


@pytest.mark.parametrize(
    ("which", "found"),
    [
        (ChangeFilter(), 4),
        (ChangeFilter(actor="anna"), 3),
        (ChangeFilter(action="config"), 2),
        (ChangeFilter(action="config.add"), 1),
        (ChangeFilter(action="conf"), 0),
        (ChangeFilter(actor="anna", target="1"), 2),
        (ChangeFilter(since=datetime(2000, 1, 1, tzinfo=UTC), until=datetime(2100, 1, 1, tzinfo=UTC)), 4),
        (ChangeFilter(since=datetime(2100, 1, 1, tzinfo=UTC)), 0),
        (ChangeFilter(until=datetime(2000, 1, 1, tzinfo=UTC)), 0),
    ],
)
async def test_changes_are_found_by_what_matters(
    session_factory: SessionFactory, which: ChangeFilter, found: int
) -> None:
    """By who, what, to what and when; an action also by its beginning."""
    entries = [("anna", "config.add", "1"), ("anna", "config.edit", "1"), ("anna", "user.add", "5"), ("bob", "x", "2")]
    async with session_factory.begin() as session:
        for actor, action, target in entries:
            await record_change(session, actor=actor, action=action, target=target, detail={})
    async with reading(session_factory) as session:
        assert len(await list_changes(session, which=which)) == found
