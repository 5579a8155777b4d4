"""What the ledger tells about messages that were sent: for replies, edits, deletions and duplicates."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from tests.db.build import DEST, SOURCE, make_account, make_config, reserve
from tgforward.db.configs import edit_config
from tgforward.db.deliveries import (
    list_deliveries,
    list_recent,
    load_dead,
    load_hashes,
    load_sent,
    mark_dead,
    mark_withdrawn,
    note_edited,
    revive,
    settle,
)
from tgforward.db.models import Delivery, DeliveryState
from tgforward.db.reservations import NewDelivery
from tgforward.db.session import SessionFactory, reading
from tgforward.forwarding.identity import part_of
from tgforward.types import AccountId, ChatId, ConfigId, MessageId, RandomId

LONG_AGO = datetime(2024, 2, 29, 12, tzinfo=UTC)
EDITED = datetime(2024, 3, 1, 8, 30, tzinfo=UTC)
LIMITS = (-(2**63), 2**63 - 1)


def _new(message: int, part: int = 0, *, source: ChatId = SOURCE, content_hash: int | None = None) -> NewDelivery:
    random_id = RandomId(message * 100_000 + part)
    return NewDelivery(source, MessageId(message), part, random_id, DEST, content_hash=content_hash)


async def _config(factory: SessionFactory) -> tuple[ConfigId, AccountId]:
    account_id = await make_account(factory)
    return await make_config(factory, account_id), account_id


async def _send(factory: SessionFactory, owner: tuple[ConfigId, AccountId], new: Iterable[NewDelivery]) -> list[int]:
    """The ids of deliveries that were reserved and sent."""
    async with factory.begin() as session:
        rows = await reserve(session, *owner, list(new))
        await settle(session, {row.id: MessageId(500 + row.source_message_id) for row in rows.values()})
    return [row.id for row in rows.values()]


async def test_a_reservation_keeps_what_was_noted_of_the_source(session_factory: SessionFactory) -> None:
    """The version that may have arrived is the first one, whatever was edited since."""
    owner = await _config(session_factory)
    first = NewDelivery(SOURCE, MessageId(1), 0, RandomId(1), DEST, EDITED, LIMITS[0])
    later = NewDelivery(SOURCE, MessageId(1), 0, RandomId(1), DEST, EDITED + timedelta(hours=1), LIMITS[1])
    for new in (first, later):
        async with session_factory.begin() as session:
            row = (await reserve(session, *owner, [new]))[new.key]
            stored = await session.get_one(Delivery, row.id)
        assert (stored.source_edited_at, stored.content_hash) == (EDITED, LIMITS[0])


async def test_more_is_reserved_than_one_statement_takes(session_factory: SessionFactory) -> None:
    """A page of messages, each in ten pieces."""
    owner = await _config(session_factory)
    new = [_new(message, part_of(31, piece=piece)) for message in range(1, 101) for piece in range(10)]
    await _send(session_factory, owner, new)
    async with reading(session_factory) as session:
        rows = await load_sent(session, owner[0], SOURCE, [MessageId(n) for n in range(1, 2001)], dest_number=31)
        assert {(row.source_message_id, row.part) for row in rows} == {
            (item.source_message_id, item.part) for item in new
        }


async def test_what_was_sent_is_found_by_dest(session_factory: SessionFactory) -> None:
    """Every version and piece of the messages in that dest, and nothing that failed, was withdrawn or waits."""
    owner = await _config(session_factory)
    parts = {
        number: [part_of(number, revision=revision, piece=piece) for revision, piece in ((0, 0), (0, 9), (99, 9))]
        for number in (0, 1, 31)
    }
    await _send(session_factory, owner, [_new(7, part) for some in parts.values() for part in some])
    await _send(session_factory, owner, [_new(8), _new(7, source=ChatId(-5))])
    (gone,) = await _send(session_factory, owner, [_new(9)])
    async with session_factory.begin() as session:
        waits, dead = [row.id for row in (await reserve(session, *owner, [_new(10), _new(11)])).values()]
        await mark_dead(session, [dead], "x")
        assert await mark_withdrawn(session, [gone, waits, dead]) == 1
    async with reading(session_factory) as session:
        for number, some in parts.items():
            rows = await load_sent(session, owner[0], SOURCE, [MessageId(7)], dest_number=number)
            assert sorted(row.part for row in rows) == some
        ids = [MessageId(number) for number in (8, 9, 10, 11)]
        assert [row.source_message_id for row in await load_sent(session, owner[0], SOURCE, ids, dest_number=0)] == [8]
        assert await load_sent(session, owner[0], SOURCE, [], dest_number=0) == []


async def test_what_was_sent_lately_is_listed_by_message(session_factory: SessionFactory) -> None:
    """Page by page, each message once: no pieces, later versions, other dests or earlier sources, nothing older."""
    owner = await _config(session_factory)
    new = [_new(message, part) for message in (5, 3, 4, 2, 1) for part in (0, 1, 10, 1000)]
    ids = await _send(session_factory, owner, [*new, _new(6, source=ChatId(-5))])
    async with session_factory.begin() as session:
        old = update(Delivery).where(Delivery.source_message_id == 1, Delivery.id.in_(ids))
        await session.execute(old.values(settled_at=LONG_AGO))
        assert await mark_withdrawn(session, [ids[4]]) == 1  # message 3 itself
    since = datetime.now(UTC) - timedelta(days=2)
    async with reading(session_factory) as session:
        common = {"dest_number": 0, "since": since, "limit": 2}
        page = await list_recent(session, owner[0], after_message=MessageId(0), **common)  # type: ignore[arg-type]  # shared
        assert [(row.source_message_id, row.part) for row in page] == [(2, 0), (4, 0)]
        page = await list_recent(session, owner[0], after_message=MessageId(4), **common)  # type: ignore[arg-type]  # as above
        assert [(row.source_message_id, row.part) for row in page] == [(5, 0)]
        other = await list_recent(session, owner[0], dest_number=1, since=since, after_message=MessageId(3), limit=9)
        assert [(row.source_message_id, row.part) for row in other] == [(4, 1000), (5, 1000)]
        none = await list_recent(
            session, owner[0], dest_number=0, since=since + timedelta(days=9), after_message=MessageId(0), limit=9
        )
        assert none == []
    async with session_factory.begin() as session:
        await edit_config(session, owner[0], source=ChatId(-5))
        page = await list_recent(session, owner[0], after_message=MessageId(0), **common)  # type: ignore[arg-type]  # as above
        assert [row.source_message_id for row in page] == [6]


async def test_content_is_recognised(session_factory: SessionFactory) -> None:
    """By the first message that had it, begun or sent, in the same dest and lately."""
    owner = await _config(session_factory)
    low, high = LIMITS
    await _send(session_factory, owner, [_new(9, content_hash=low), _new(7, content_hash=low), _new(8)])
    await _send(session_factory, owner, [_new(6, 1000, content_hash=low)])
    async with session_factory.begin() as session:
        await reserve(session, *owner, [_new(10, content_hash=high)])
    since = datetime.now(UTC) - timedelta(days=1)
    async with reading(session_factory) as session:
        hashes = [low, high, 0, *range(1, 2000)]
        assert await load_hashes(session, owner[0], hashes, dest_number=0, since=since) == {low: 7, high: 10}
        assert await load_hashes(session, owner[0], hashes, dest_number=1, since=since) == {low: 6}
        assert await load_hashes(session, owner[0], [], dest_number=0, since=since) == {}
        later = since + timedelta(days=2)
        assert await load_hashes(session, owner[0], hashes, dest_number=0, since=later) == {}


async def test_what_does_not_stand_there_is_no_duplicate(session_factory: SessionFactory) -> None:
    """Content that failed or was withdrawn may come again; replayed, it counts again."""
    owner = await _config(session_factory)
    (gone,) = await _send(session_factory, owner, [_new(1, content_hash=5)])
    since = datetime.now(UTC) - timedelta(days=1)
    async with session_factory.begin() as session:
        dead = (await reserve(session, *owner, [_new(2, content_hash=6)]))[_new(2).key].id
        await mark_dead(session, [dead], "x")
        await mark_withdrawn(session, [gone])
        assert await load_hashes(session, owner[0], [5, 6], dest_number=0, since=since) == {}
        assert await revive(session, owner[0], [dead]) == 1
        assert await load_hashes(session, owner[0], [5, 6], dest_number=0, since=since) == {6: 2}


async def test_what_was_withdrawn_stays_so(session_factory: SessionFactory) -> None:
    """It is neither sent again, nor settled, nor dead; noting it twice finds nothing."""
    owner = await _config(session_factory)
    (gone,) = await _send(session_factory, owner, [_new(1)])
    async with session_factory.begin() as session:
        assert await mark_withdrawn(session, [gone]) == 1
        assert await mark_withdrawn(session, [gone]) == 0
        row = (await reserve(session, *owner, [_new(1)]))[_new(1).key]
        assert (row.state, row.attempts, row.dest_message_id) == (DeliveryState.WITHDRAWN, 1, 501)
        assert await settle(session, {gone: MessageId(9)}) == 0
        assert await mark_dead(session, [gone], "x") == 0
        assert await load_dead(session, [gone]) == {}
        assert await revive(session, owner[0], [gone]) == 0
        assert [row.id for row in await list_deliveries(session, DeliveryState.WITHDRAWN)] == [gone]


@pytest.mark.parametrize("count", [0, 1, 700])
async def test_edits_are_noted(session_factory: SessionFactory, count: int) -> None:
    """Each delivery shows its own edit, and noting it twice changes nothing."""
    owner = await _config(session_factory)
    ids = await _send(session_factory, owner, [_new(message) for message in range(1, count + 2)])
    edits = {number: EDITED + timedelta(seconds=number) for number in ids[:count]}
    for _ in range(2):
        async with session_factory.begin() as session:
            assert await note_edited(session, edits) == count
    async with reading(session_factory) as session:
        rows = await list_deliveries(session, DeliveryState.SENT, limit=None)
        assert {row.id: row.source_edited_at for row in rows} == {**dict.fromkeys(ids), **edits}
