"""Many configs at once."""

import pytest
from sqlalchemy import select

from tests.db.build import make_account, make_config
from tgforward.db.bulk_configs import add_configs, are_unchanged, edit_configs, load_versions, remove_configs
from tgforward.db.bulk_dests import add_dests, load_highest_numbers, load_places, remove_dests
from tgforward.db.configs import edit_config, list_configs
from tgforward.db.models import ForwardDest
from tgforward.db.session import SessionFactory, reading
from tgforward.types import ChatId, ConfigId, MessageId

MANY = 1000  # more than fit into one statement


async def test_hundreds_are_stored_in_order(session_factory: SessionFactory) -> None:
    """Added, changed alike and each its own, removed; further dests with them."""
    account_id = await make_account(session_factory)
    rows = [{"source": n, "dest": -n, "forward_history_count": 0, "account_id": account_id} for n in range(1, MANY + 1)]
    async with session_factory.begin() as session:
        numbers = await add_configs(session, rows)
        await add_dests(session, [(number, n, ChatId(n), None) for number in numbers for n in (1, 2)])
    async with session_factory.begin() as session:
        alike = {number: {"name": "same", "interval_second": 7} for number in numbers[:500]}
        await edit_configs(session, alike | {number: {"name": f"no {number}"} for number in numbers[500:]})
        await remove_dests(session, [(number, 1) for number in numbers])
    async with reading(session_factory) as session:
        stored = await list_configs(session)
        assert [row.id for row in stored] == numbers
        assert [(row.source, row.dest) for row in stored] == [(n, -n) for n in range(1, MANY + 1)]
        assert [row.name for row in stored] == ["same"] * 500 + [f"no {number}" for number in numbers[500:]]
        assert {row.interval_second for row in stored[500:]} == {20}
        assert await load_versions(session) == dict.fromkeys(numbers, 2)
        assert await load_places(session) == {number: [(2, None)] for number in numbers}
        assert await load_highest_numbers(session, numbers) == dict.fromkeys(numbers, 2)
    async with session_factory.begin() as session:
        await remove_configs(session, numbers)
    async with reading(session_factory) as session:
        assert not (await session.scalars(select(ForwardDest))).all()


@pytest.mark.parametrize("what", ["nothing", "edit", "removal", "newcomer"])
async def test_what_happened_meanwhile_is_found(session_factory: SessionFactory, what: str) -> None:
    """A config that was edited or removed, or one that came: then what was compared is not true any more."""
    first, second = [await make_config(session_factory) for _ in range(2)]
    async with reading(session_factory) as session:
        versions = await load_versions(session)
    async with session_factory.begin() as session:
        if what == "edit":
            await edit_config(session, second, source_topic_id=MessageId(1))
        elif what == "removal":
            await remove_configs(session, [second])
    if what == "newcomer":
        await make_config(session_factory)
    async with session_factory.begin() as session:
        assert await are_unchanged(session, versions, highest=second) == (what == "nothing")
        assert await are_unchanged(session, {first: versions[first]}, highest=second) == (what != "newcomer")
        assert await are_unchanged(session, {}, highest=ConfigId(second + 1))
