"""Faults on demand."""

import asyncio
import time
from typing import Any

import pytest
from telethon import errors
from telethon.tl import functions

from tests.fixtures.sandbox import Connect, make_client
from tests.sandbox.calls import history, peer
from tgforward.sandbox.faults import Faults
from tgforward.sandbox.keys import ServerKey
from tgforward.sandbox.server import Sandbox
from tgforward.sandbox.world.accounts import Account
from tgforward.sandbox.world.chats import Chat
from tgforward.sandbox.world.world import World

SEND = "messages.SendMessage"


@pytest.fixture
def send(sandbox: Sandbox, anna: Account, copies: Chat) -> Any:
    """Makes a request that sends "text" to Copies."""

    def make(random_id: int = 1) -> Any:
        return functions.messages.SendMessageRequest(peer(sandbox, anna, copies), "text", random_id=random_id)

    return make


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"kind": "slowmode_wait", "seconds": 3}, errors.SlowModeWaitError),
        ({"kind": "peer_flood"}, errors.PeerFloodError),
        ({"kind": "server_error"}, errors.ServerError),
        ({"kind": "revoked"}, errors.SessionRevokedError),
        ({"kind": "error", "error": "CHAT_WRITE_FORBIDDEN"}, errors.ChatWriteForbiddenError),
        ({"kind": "error", "error": "USER_DEACTIVATED_BAN"}, errors.UserDeactivatedBanError),
    ],
)
async def test_errors(connect: Connect, sandbox: Sandbox, anna: Account, send: Any, options: Any, error: Any) -> None:
    """Each kind of error reaches the client as Telegram's own, and nothing is executed."""
    client = await connect(anna, request_retries=0)
    fault = sandbox.faults.add(method=SEND, **options)
    with pytest.raises(error):
        await client(send())
    assert fault.hits == 1
    assert sandbox.requests(SEND, anna) == 1


async def test_a_fault_is_counted_and_concerns_one_account(
    connect: Connect, sandbox: Sandbox, anna: Account, ed: Account
) -> None:
    """Two of Anna's calls fail, the third and Ed's do not."""
    mine, other = await connect(anna), await connect(ed)
    fault = sandbox.faults.add("peer_flood", method=SEND, account=anna, count=2)
    await other.send_message("me", "x")
    for _ in range(2):
        with pytest.raises(errors.PeerFloodError):
            await mine.send_message("me", "x")
    await mine.send_message("me", "x")
    assert fault.hits == 2


def test_chance_is_repeatable() -> None:
    """A fault by chance hits the same calls with the same seed."""

    def hits(seed: int) -> list[bool]:
        faults = Faults()
        faults.add("lost", method=SEND, count=None, probability=0.5, seed=seed)
        return [faults.effect(SEND, None).is_lost for _ in range(50)]

    assert hits(1) == hits(1) != hits(2)
    assert 10 < sum(hits(1)) < 40


def test_any_method_leaves_housekeeping_alone() -> None:
    """A fault without a method spares what a client library calls by itself."""
    faults = Faults()
    faults.add("lost")
    assert not faults.effect("updates.GetState", None).is_lost
    assert faults.effect("messages.GetHistory", None).is_lost


@pytest.mark.parametrize("kind", ["flood_wait", "flood_premium_wait"])
async def test_a_flood_wait_lasts(
    connect: Connect, sandbox: Sandbox, anna: Account, ed: Account, news: Chat, send: Any, kind: str
) -> None:
    """Until it is over every request of the account gets the rest of the wait and counts as a violation."""
    client, other = await connect(anna), await connect(ed)
    sandbox.faults._grace_s = 0
    sandbox.faults.add(kind, method=SEND, account=anna, seconds=30)
    expected = {"flood_wait": errors.FloodWaitError, "flood_premium_wait": errors.FloodPremiumWaitError}[kind]
    with pytest.raises(expected) as first:
        await client(send())
    with pytest.raises(expected) as second:
        await client(history(peer(sandbox, anna, news)))
    assert first.value.seconds == 30
    assert 0 < second.value.seconds <= 30
    assert sandbox.flood_violations == 1
    await client(functions.updates.GetStateRequest())
    await other.send_message("me", "x")
    assert sandbox.flood_violations == 1
    sandbox.faults.clear()
    await client(history(peer(sandbox, anna, news)))


async def test_after_the_wait_nothing_is_a_violation(
    connect: Connect, sandbox: Sandbox, anna: Account, send: Any
) -> None:
    """A client that waits as long as it was told is served, and was never early."""
    client = await connect(anna)
    sandbox.faults.add("flood_wait", method=SEND, seconds=1)
    with pytest.raises(errors.FloodWaitError) as caught:
        await client(send())
    await asyncio.sleep(caught.value.seconds)
    await client(send())
    assert sandbox.flood_violations == 0


def test_requests_under_way_are_no_violations() -> None:
    """What arrives at the same moment as the wait is refused but not counted."""
    faults = Faults(grace_s=60)
    faults.add("flood_wait", method=SEND, seconds=30)
    assert faults.effect(SEND, None).refusal is not None
    refusal = faults.effect(SEND, None).refusal
    assert refusal is not None
    assert refusal.name == "FLOOD_WAIT_30"
    assert faults.violations == 0


@pytest.mark.parametrize(("kind", "stored"), [("lost", 0), ("cut", 1)])
async def test_a_broken_connection(
    connect: Connect, sandbox: Sandbox, anna: Account, copies: Chat, send: Any, kind: str, stored: int
) -> None:
    """A lost request was not executed, a cut one was; the client sees the same of both."""
    client = await connect(anna, auto_reconnect=False)
    sandbox.faults.add(kind, method=SEND)
    with pytest.raises(ConnectionError):
        await client(send())
    assert len(sandbox.journal(copies)) == stored


@pytest.mark.parametrize("kind", ["lost", "cut"])
async def test_telethon_repeats_what_was_not_answered(
    connect: Connect, sandbox: Sandbox, anna: Account, copies: Chat, send: Any, kind: str
) -> None:
    """After reconnecting Telethon sends the same `random_id` again: stored once, and no second use of the session."""
    client = await connect(anna)
    sandbox.faults.add(kind, method=SEND)
    async with asyncio.timeout(10):
        await client(send())
    assert len(sandbox.journal(copies)) == 1
    assert sandbox.requests(SEND, anna) == 2
    assert sandbox.sessions_used_twice == 0


async def test_late_answers(connect: Connect, sandbox: Sandbox, anna: Account, copies: Chat, send: Any) -> None:
    """`answer_late` executes at once, `delay` only after the delay and even if the client has gone."""
    client = await connect(anna, auto_reconnect=False)
    sandbox.faults.add("answer_late", method=SEND, delay_ms=200)
    began = time.monotonic()
    task = asyncio.ensure_future(client(send(1)))
    async with asyncio.timeout(5):
        await sandbox.arrived(SEND)
        assert len(sandbox.journal(copies)) == 1
        await task
    assert time.monotonic() - began >= 0.2
    sandbox.faults.add("delay", method=SEND, delay_ms=200)
    task = asyncio.ensure_future(client(send(2)))
    async with asyncio.timeout(5):
        await sandbox.arrived(SEND, count=2)
        assert len(sandbox.journal(copies)) == 1
        sandbox.disconnect(anna)
        await asyncio.gather(task, return_exceptions=True)
        while len(sandbox.journal(copies)) < 2:  # noqa: ASYNC110  # storing gives no signal
            await asyncio.sleep(0.01)


async def test_others_are_served_meanwhile(connect: Connect, sandbox: Sandbox, anna: Account, send: Any) -> None:
    """A delayed request does not hold up the next one on the same connection."""
    client = await connect(anna)
    sandbox.faults.add("delay", method=SEND, delay_ms=60_000)
    task = asyncio.ensure_future(client(send()))
    async with asyncio.timeout(5):
        await sandbox.arrived(SEND)
        await client(functions.help.GetNearestDcRequest())
    task.cancel()


async def test_pause(connect: Connect, sandbox: Sandbox, anna: Account, copies: Chat, send: Any) -> None:
    """A paused server takes requests and executes them once it goes on."""
    client = await connect(anna)
    sandbox.pause()
    task = asyncio.ensure_future(client(send()))
    async with asyncio.timeout(5):
        await sandbox.arrived(SEND)
        assert sandbox.journal(copies) == []
        sandbox.resume()
        await task
    assert len(sandbox.journal(copies)) == 1


async def test_a_bug_of_the_sandbox_is_loud(world: World, sandbox_key: ServerKey, anna: Account, news: Chat) -> None:
    """A method that breaks ends the server, and its error is raised where the server is stopped."""
    world.post(news, media=object())
    server = Sandbox(world, key=sandbox_key)
    await server.start()
    client = make_client(server, anna, auto_reconnect=False)
    async with asyncio.timeout(10):
        await client.connect()
        with pytest.raises(ConnectionError):
            await client(history(peer(server, anna, news)))
        await client.disconnect()
        with pytest.raises(TypeError):
            await server.stop()
