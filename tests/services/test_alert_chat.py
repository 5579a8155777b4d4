"""What the operations chat is told."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import get_args

import pytest

from tests.metrics.scrape import shown
from tests.services.conftest import Town, owned_lane
from tests.services.runs import MovedClock, texts, working
from tgforward.db.accounts import load_account
from tgforward.db.alerts import list_due_for_chat, note_alert
from tgforward.db.models.account import AccountState
from tgforward.db.models.alert import AlertKind
from tgforward.db.session import SessionFactory, reading
from tgforward.sandbox.call import DuplicateMode
from tgforward.sandbox.server import Sandbox
from tgforward.sandbox.world.chats import Chat
from tgforward.services.alert_chat import AGAIN_S, CROWD, MOST_APART, SETTLED, ChatWriter
from tgforward.services.alerts import LOOK_EVERY_S, TELL_FOR
from tgforward.services.deps import Deps
from tgforward.services.doctor_alerts import look_at_alerts
from tgforward.services.findings import Verdict
from tgforward.services.lane import Lane
from tgforward.services.operations_chat import OperationsChat
from tgforward.types import AccountId, ConfigId

WORDS = "Config 7 is parked (it may not write): tgforward config resume 7"


@pytest.fixture
def chat(town: Town) -> Chat:
    """The operations chat."""
    return town.world.add_channel("Ops", username="ops", admins=[town.operator], members=[])


@pytest.fixture
def deps(deps: Deps) -> Deps:
    """An installation whose operator's account writes to @ops."""
    named = {"alert_account": "operator", "alert_chat": "@ops"}
    return replace(deps, settings=deps.settings.model_copy(update=named))


async def park_one(factory: SessionFactory, number: int = 7, dest: int | None = None) -> None:
    kind = AlertKind.CONFIG_PARKED if dest is None else AlertKind.DEST_PARKED
    async with factory.begin() as session:
        note_alert(session, kind, AccountId(1), "it may not write", config_id=ConfigId(number), dest_number=dest)


def writer_of(lane: Lane) -> ChatWriter:
    return ChatWriter(lane, OperationsChat(lane, "@ops"))


async def untold(deps: Deps) -> int:
    async with reading(deps.session_factory) as session:
        return len(await list_due_for_chat(session, since=deps.clock.now() - TELL_FOR, limit=100))


async def test_a_worker_tells_the_chat(deps: Deps, account_id: AccountId, chat: Chat) -> None:
    """The one that owns the account named in the settings writes each event once, in order."""
    await park_one(deps.session_factory)
    await park_one(deps.session_factory, 8, dest=2)
    async with working(deps), asyncio.timeout(30):
        while await untold(deps):  # noqa: ASYNC110 - the lane writes
            await asyncio.sleep(0.02)
    assert texts(chat) == [
        WORDS,
        "Dest 2 of config 8 is parked (it may not write): tgforward config resume 8",
    ]
    assert shown(deps.metrics).value("tgforward_alerts_total", way="chat", result="told") == 2


async def test_another_account_tells_nobody(deps: Deps, account_id: AccountId, chat: Chat) -> None:
    """A worker that owns accounts of other names only leaves the events to others."""
    await park_one(deps.session_factory)
    other = replace(deps, settings=deps.settings.model_copy(update={"alert_account": "somebody"}))
    async with working(other):
        await asyncio.sleep(0.2)
    assert (texts(chat), await untold(deps)) == ([], 1)
    (finding,) = await look_at_alerts(other)
    assert (finding.verdict, "no account named somebody" in finding.text) == (Verdict.FAILED, True)


@pytest.mark.parametrize("mode", get_args(DuplicateMode))
async def test_an_event_whose_answer_was_lost_is_written_once(
    deps: Deps, account_id: AccountId, chat: Chat, sandbox: Sandbox, mode: DuplicateMode
) -> None:
    """A process that ended between writing and noting it leaves the next one nothing to double."""
    sandbox.set_duplicates(mode)
    await park_one(deps.session_factory)
    fault = sandbox.faults.add("answer_late", method="messages.SendMessage", delay_ms=60_000)
    async with owned_lane(deps) as lane:
        attempt = asyncio.create_task(writer_of(lane).attempt())
        async with asyncio.timeout(20):
            while not fault.hits:  # noqa: ASYNC110 - it is hit in the server
                await asyncio.sleep(0.01)
        attempt.cancel()
        await asyncio.gather(attempt, return_exceptions=True)
    assert await untold(deps) == 1
    async with owned_lane(deps) as lane, asyncio.timeout(20):
        writer = writer_of(lane)
        while await untold(deps):
            await writer.attempt()
    assert texts(chat) == [WORDS]


async def test_a_chat_that_refuses_is_tried_again(deps: Deps, account_id: AccountId, chat: Chat, town: Town) -> None:
    """Nothing is parked for it; doctor says what is wrong; once the right is there the event arrives."""
    town.world.demote(chat, town.operator)
    await park_one(deps.session_factory)
    async with owned_lane(deps) as lane:
        assert await writer_of(lane).attempt() == AGAIN_S
    (finding,) = await look_at_alerts(deps)
    assert (finding.verdict, "may not write to Ops" in finding.text) == (Verdict.FAILED, True)
    town.world.join(chat, town.operator, admin=True)
    (finding,) = await look_at_alerts(deps)
    assert (finding.verdict, finding.text) == (Verdict.OK, "account operator may write to Ops")
    async with owned_lane(deps) as lane:
        assert await writer_of(lane).attempt() == LOOK_EVERY_S
    assert texts(chat) == [WORDS]


async def test_waits_and_ended_sessions_hold_for_the_account(
    deps: Deps, account_id: AccountId, chat: Chat, town: Town, sandbox: Sandbox
) -> None:
    """A flood wait rests the whole account; a session that was ended parks it."""
    await park_one(deps.session_factory)
    sandbox.faults.add("flood_wait", method="messages.SendMessage", seconds=30, count=1)
    async with owned_lane(deps) as lane:
        writer = writer_of(lane)
        assert 29 <= await writer.attempt() <= 30
        assert 10 <= await writer.attempt() <= 30
    assert sandbox.flood_violations == 0
    sandbox.revoke(town.operator)
    async with deps.session_factory.begin() as session:
        stored = await load_account(session, account_id)
        assert stored is not None
        assert stored.wait_until is not None
        stored.wait_until = None
    async with owned_lane(deps) as lane:
        assert await writer_of(lane).attempt() == AGAIN_S
    async with reading(deps.session_factory) as session:
        stored = await load_account(session, account_id)
    assert stored is not None
    assert stored.state is AccountState.PARKED
    assert texts(chat) == []


async def test_many_events_at_once_are_one_message(
    deps: Deps, account_id: AccountId, chat: Chat, sandbox: Sandbox
) -> None:
    """It waits until no more can come to them, and is the same if the answer was lost; what comes later is another."""
    for number in range(1, 41):
        await park_one(deps.session_factory, number)
    async with owned_lane(deps) as lane:
        assert await writer_of(lane).attempt() == LOOK_EVERY_S
    assert texts(chat) == []
    later = replace(deps, clock=MovedClock(CROWD + SETTLED + timedelta(seconds=5)))
    sandbox.faults.add("cut", method="messages.SendMessage", count=1)
    async with owned_lane(later) as lane:
        writer = writer_of(lane)
        while await untold(deps):
            await writer.attempt()
    words = "Config 1 is parked (it may not write): tgforward config resume 1"
    assert texts(chat) == [f"{words}\nand 39 more within a minute: tgforward status"]


async def test_events_that_trickle_in_do_not_flood_the_chat(deps: Deps, account_id: AccountId, chat: Chat) -> None:
    """After a handful the next ones wait, so that they may become one message."""
    async with owned_lane(replace(deps, clock=MovedClock())) as lane:  # its monotonic time stands still
        writer = writer_of(lane)
        for number in range(1, 2 * MOST_APART + 1):
            await park_one(deps.session_factory, number)
            await writer.attempt()
    assert len(texts(chat)) == MOST_APART
