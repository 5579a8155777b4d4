"""Cursors, counts and change counts of each dest of a config."""

import asyncio
from datetime import timedelta

import pytest

from tests.db.build import DEST, SOURCE, make_account, make_config, own, reserve
from tests.db.test_dests import OTHER, add, load_dest
from tgforward.db.configs import edit_config, load_config
from tgforward.db.dests import start_dest
from tgforward.db.leases import Lease, claim_free
from tgforward.db.models import TGForwardConfig
from tgforward.db.moves import Cursor, Move, advance
from tgforward.db.progress import (
    fix_window,
    follow_dest,
    follow_source,
    set_change_pts,
)
from tgforward.db.reservations import NewDelivery
from tgforward.db.session import Session, SessionFactory, reading
from tgforward.db.transaction import in_transaction
from tgforward.types import ChatId, ConfigId, MessageId, RandomId

FLOOR, TOP = MessageId(90), MessageId(100)
CURSORS: dict[Cursor, MessageId] = {"history": FLOOR, "live": TOP}


async def _begun(factory: SessionFactory) -> ConfigId:
    """A config with one further dest, both before their first message."""
    config_id = await make_config(factory, await make_account(factory))
    await add(factory, config_id)
    async with factory.begin() as session:
        await fix_window(session, config_id, floor=FLOOR, top=TOP, total=10)
        await start_dest(session, config_id, 1, history_cursor=FLOOR, live_cursor=TOP)
    return config_id


async def _own(factory: SessionFactory, config_id: ConfigId) -> Lease:
    account_id = (await _load(factory, config_id)).account_id
    assert account_id is not None
    return await own(factory, account_id)


async def _load(factory: SessionFactory, config_id: ConfigId) -> TGForwardConfig:
    async with reading(factory) as session:
        return await session.get_one(TGForwardConfig, config_id)


async def test_each_dest_has_its_own_cursors(session_factory: SessionFactory) -> None:
    """A further one moves and counts beside the config's, on which it leaves the time of the run."""
    config_id = await _begun(session_factory)
    lease = await _own(session_factory, config_id)
    async with session_factory.begin() as session:
        moves = [
            Move(config_id, cursor, expected, MessageId(expected + 5), lease, forwarded=4, skipped=2, dest_number=1)
            for cursor, expected in CURSORS.items()
        ]
        assert await advance(session, moves) == 2
    dest, config = await load_dest(session_factory, config_id), await _load(session_factory, config_id)
    assert (dest.history_cursor, dest.live_cursor) == (95, 105)
    assert (dest.history_forwarded, dest.live_forwarded) == (4, 4)
    assert (config.history_cursor, config.live_cursor) == (FLOOR, TOP)
    assert (config.history_forwarded, config.live_forwarded, config.skipped) == (0, 0, 0)
    assert config.last_run_at is not None
    assert config.version == 2


async def test_of_two_processes_one_moves_the_cursor_of_a_dest(session_factory: SessionFactory) -> None:
    """Whoever comes second moves nothing, and nothing is counted twice."""
    config_id = await _begun(session_factory)
    lease = await _own(session_factory, config_id)

    async def store(session: Session) -> int:
        return await advance(session, [Move(config_id, "live", TOP, MessageId(105), lease, forwarded=3, dest_number=1)])

    moved = await asyncio.gather(*(in_transaction(session_factory, store) for _ in range(5)))
    assert sorted(moved) == [0] * 4 + [1]
    dest = await load_dest(session_factory, config_id)
    assert (dest.live_cursor, dest.live_forwarded) == (105, 3)


async def test_a_lost_lease_moves_no_dest(session_factory: SessionFactory) -> None:
    """The token of a former owner is refused, and the run leaves no trace."""
    config_id = await _begun(session_factory)
    async with session_factory.begin() as session:
        (mine,) = await claim_free(session, "a", timedelta(seconds=4))
        former = Lease(mine.account_id, mine.token - 1)
        for lease in (former, mine):
            move = Move(config_id, "live", TOP, MessageId(101), lease, dest_number=1)
            assert (await advance(session, [move]) == 1) == (lease == mine)
            config = await load_config(session, config_id)
            assert config is not None
            assert (config.last_run_at is not None) == (lease == mine)


@pytest.mark.parametrize("number", [0, 1])
async def test_of_two_processes_one_notes_the_changes(session_factory: SessionFactory, number: int) -> None:
    """From the first count on, the one that knew the last count moves it, for its dest alone."""
    config_id = await _begun(session_factory)

    async def note(expected: int | None, new: int) -> bool:
        return await in_transaction(
            session_factory, lambda session: set_change_pts(session, config_id, number, expected=expected, new=new)
        )

    assert sorted(await asyncio.gather(*(note(None, 7) for _ in range(3)))) == [False, False, True]
    assert sorted(await asyncio.gather(*(note(7, 9) for _ in range(3)))) == [False, False, True]
    counts = (await _load(session_factory, config_id), await load_dest(session_factory, config_id))
    assert [row.change_pts for row in counts] == ([9, None] if number == 0 else [None, 9])


async def test_another_source_starts_all_dests_anew(session_factory: SessionFactory) -> None:
    """The same source again leaves the cursors and counts of changes where they are."""
    config_id = await _begun(session_factory)
    async with session_factory.begin() as session:
        for number in (0, 1):
            await set_change_pts(session, config_id, number, expected=None, new=7)
        await edit_config(session, config_id, source=SOURCE)
    dest = await load_dest(session_factory, config_id)
    assert (dest.history_cursor, dest.live_cursor, dest.change_pts) == (FLOOR, TOP, 7)
    async with session_factory.begin() as session:
        config = await edit_config(session, config_id, source=ChatId(8))
    assert config is not None
    dest = await load_dest(session_factory, config_id)
    for row in (config, dest):
        assert (row.history_cursor, row.live_cursor, row.change_pts) == (None, None, None)


async def test_a_migrated_source_begins_at_its_first_message(session_factory: SessionFactory) -> None:
    """For all dests that have begun; one that has not begins later, and doing it again changes nothing."""
    config_id = await _begun(session_factory)
    lease = await _own(session_factory, config_id)
    await add(session_factory, config_id, ChatId(9))
    async with session_factory.begin() as session:
        for number in (0, 1):
            await set_change_pts(session, config_id, number, expected=None, new=7)
        assert await follow_source(session, config_id, SOURCE, ChatId(8))
        assert await advance(session, [Move(config_id, "live", MessageId(0), MessageId(3), lease, dest_number=1)]) == 1
        assert not await follow_source(session, config_id, SOURCE, ChatId(8))
    config = await _load(session_factory, config_id)
    begun, later = [await load_dest(session_factory, config_id, number) for number in (1, 2)]
    assert (config.source, config.history_top, config.live_cursor, config.change_pts) == (8, 0, 0, None)
    assert (begun.history_cursor, begun.live_cursor, begun.change_pts) == (0, 3, None)
    assert (later.history_cursor, later.live_cursor) == (None, None)


async def test_a_migrated_dest_keeps_its_cursors(session_factory: SessionFactory) -> None:
    """Further or not: the chat is replaced where it stands, also in what is begun."""
    config_id = await _begun(session_factory)
    async with session_factory.begin() as session:
        config = await load_config(session, config_id)
        assert config is not None
        assert config.account_id is not None
        begun = NewDelivery(SOURCE, MessageId(101), 1000, RandomId(1), OTHER)
        await reserve(session, config_id, config.account_id, [begun])
        assert await follow_dest(session, config_id, OTHER, ChatId(8))
        assert not await follow_dest(session, config_id, OTHER, ChatId(8))
        rows = await reserve(session, config_id, config.account_id, [begun])
        assert [row.dest_chat_id for row in rows.values()] == [8]
    dest, config = await load_dest(session_factory, config_id), await _load(session_factory, config_id)
    assert (dest.chat_id, dest.live_cursor, config.dest, config.version) == (8, TOP, DEST, 3)
    async with session_factory.begin() as session:
        assert await follow_dest(session, config_id, DEST, ChatId(9))
    assert (await _load(session_factory, config_id)).dest == 9
