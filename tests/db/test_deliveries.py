"""The ledger."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone

from tests.db.build import DEST, SOURCE, make_account, make_config, reserve
from tgforward.db.deliveries import (
    count_dead,
    list_deliveries,
    mark_dead,
    settle,
)
from tgforward.db.models import Delivery, DeliveryState
from tgforward.db.reservations import NewDelivery, SourceKey
from tgforward.db.returning import AT_ONCE
from tgforward.db.session import SessionFactory, reading
from tgforward.types import ChatId, MessageId, RandomId

MESSAGES = [NewDelivery(SOURCE, MessageId(n), 0, RandomId(-(2**63) + n), DEST) for n in range(1, 101)]


async def test_a_reservation_is_idempotent(session_factory: SessionFactory) -> None:
    """A second one, with other ideas, returns what the first one began and counts an attempt."""
    first, second = await make_account(session_factory), await make_account(session_factory, "second")
    config_id = await make_config(session_factory, first)
    async with session_factory.begin() as session:
        reserved = await reserve(session, config_id, first, MESSAGES)
    assert [row.random_id for row in reserved.values()] == [message.random_id for message in MESSAGES]
    changed = [replace(message, random_id=RandomId(7), dest_chat_id=ChatId(9)) for message in MESSAGES]
    async with session_factory.begin() as session:
        again = await reserve(session, config_id, second, changed)
    for message in MESSAGES:
        row = again[message.key]
        assert (row.random_id, row.dest_chat_id, row.account_id) == (message.random_id, DEST, first)
        assert (row.state, row.attempts, row.id) == (DeliveryState.RESERVED, 2, reserved[message.key].id)


async def test_many_are_reserved_at_once(session_factory: SessionFactory) -> None:
    """More than one statement takes, each with what was noted of its source."""
    account_id = await make_account(session_factory)
    config_id = await make_config(session_factory, account_id)
    edited = datetime(2026, 1, 2, 3, 4, 5, 678_000, tzinfo=timezone(timedelta(hours=8)))
    first = replace(MESSAGES[0], source_edited_at=edited, content_hash=-(2**63), fingerprint=2**63 - 1)
    many = [replace(first, source_message_id=MessageId(n), random_id=RandomId(n)) for n in range(1, AT_ONCE + 3)]
    async with session_factory.begin() as session:
        rows = await reserve(session, config_id, account_id, many)
        stored = await session.get_one(Delivery, rows[many[-1].key].id)
    assert [rows[message.key].random_id for message in many] == [message.random_id for message in many]
    assert (stored.source_edited_at, stored.content_hash, stored.fingerprint) == (edited, -(2**63), 2**63 - 1)
    assert stored.created_at == rows[many[-1].key].created_at


async def test_what_is_settled_stays_settled(session_factory: SessionFactory) -> None:
    """A sent or dead message that is reserved again says so, and cannot be settled anew."""
    account_id = await make_account(session_factory)
    config_id = await make_config(session_factory, account_id)
    sent, lost, dead = MESSAGES[:3]
    async with session_factory.begin() as session:
        rows = await reserve(session, config_id, account_id, MESSAGES[:3])
        assert await settle(session, {rows[sent.key].id: MessageId(501), rows[lost.key].id: None}) == 2
        assert await mark_dead(session, [rows[dead.key].id], "长" * 600) == 1
        assert await settle(session, {row.id: MessageId(9) for row in rows.values()}) == 0
        assert await mark_dead(session, [row.id for row in rows.values()], "late") == 0
    async with session_factory.begin() as session:
        rows = await reserve(session, config_id, account_id, MESSAGES[:3])
    assert [rows[message.key].state for message in (sent, lost, dead)] == ["sent", "sent", "dead"]
    assert [rows[message.key].dest_message_id for message in (sent, lost, dead)] == [501, None, None]
    assert {row.attempts for row in rows.values()} == {1}
    async with reading(session_factory) as session:
        settled = [await list_deliveries(session, state) for state in (DeliveryState.SENT, DeliveryState.DEAD)]
        assert [[row.reason for row in stored] for stored in settled] == [[None, None], ["长" * 500]]
        assert all(row.settled_at is not None for stored in settled for row in stored)
        assert await count_dead(session, [config_id]) == {config_id: 1}


async def test_a_source_that_migrates_starts_anew(session_factory: SessionFactory) -> None:
    """The same message number in another chat, or another part, is another delivery."""
    account_id = await make_account(session_factory)
    config_id = await make_config(session_factory, account_id)
    before = MESSAGES[0]
    after = replace(before, source_chat_id=ChatId(-100777))
    part = replace(before, part=1)
    async with session_factory.begin() as session:
        rows = await reserve(session, config_id, account_id, [before, after, part])
        assert len({row.id for row in rows.values()}) == 3


async def test_unsettled_deliveries_are_found_in_order(session_factory: SessionFactory) -> None:
    """After a crash the next owner sees what was begun."""
    account_id = await make_account(session_factory)
    config_id, other = [await make_config(session_factory, account_id) for _ in range(2)]
    async with session_factory.begin() as session:
        await reserve(session, other, account_id, MESSAGES[:1])
        rows = await reserve(session, config_id, account_id, MESSAGES[:5])
        await settle(session, {rows[MESSAGES[1].key].id: MessageId(1)})
        assert await reserve(session, config_id, account_id, []) == {}
        assert await settle(session, {}) == 0
    async with reading(session_factory) as session:
        begun = await list_deliveries(session, DeliveryState.RESERVED, config_id=config_id)
        assert [row.source_message_id for row in begun] == [1, 3, 4, 5]
        assert len(await list_deliveries(session, DeliveryState.RESERVED, limit=2)) == 2


def test_a_key_names_its_parts() -> None:
    """A whole message is part 0."""
    assert MESSAGES[0].key == SourceKey(SOURCE, MessageId(1))
