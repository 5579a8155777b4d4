"""Requests that wait for each other (`invokeAfterMsg`)."""

import asyncio
from typing import Any

import pytest
from telethon import errors
from telethon.tl import functions

from tests.fixtures.sandbox import Connect
from tests.sandbox.calls import peer
from tgforward.sandbox.faults import FaultKind
from tgforward.sandbox.server import Sandbox
from tgforward.sandbox.world.accounts import Account
from tgforward.sandbox.world.chats import Chat

SEND = "messages.SendMessage"


@pytest.fixture
async def client(connect: Connect, anna: Account) -> Any:
    """Anna's client."""
    return await connect(anna)


def chain(client: Any, sandbox: Sandbox, anna: Account, chat: Chat, *texts: str) -> list[asyncio.Future[Any]]:
    """The answers to texts that are in flight together."""
    where = peer(sandbox, anna, chat)
    requests = [
        functions.messages.SendMessageRequest(where, text, random_id=number) for number, text in enumerate(texts, 1)
    ]
    answers: list[asyncio.Future[Any]] = client._sender.send(requests, ordered=True)
    return answers


def texts(sandbox: Sandbox, chat: Chat) -> list[str]:
    return [entry.text for entry in sandbox.journal(chat) if not entry.is_service]


async def test_they_are_executed_in_order(client: Any, sandbox: Sandbox, anna: Account, copies: Chat) -> None:
    """Also when the first of them takes its time."""
    sandbox.faults.add("delay", method=SEND, delay_ms=50)
    await asyncio.gather(*chain(client, sandbox, anna, copies, "a", "b", "c"))
    assert texts(sandbox, copies) == ["a", "b", "c"]


@pytest.mark.parametrize("kind", ["server_error", "flood_wait"])
async def test_what_stands_behind_a_refused_one_is_not_executed(
    client: Any, sandbox: Sandbox, anna: Account, copies: Chat, kind: FaultKind
) -> None:
    """The rest is refused with MSG_WAIT_FAILED, and uses up no fault that was meant for what is executed."""
    sandbox.faults.add(kind, method=SEND, seconds=1, after=1)
    other = sandbox.faults.add("peer_flood", method=SEND, after=2)
    answers = await asyncio.gather(*chain(client, sandbox, anna, copies, "a", "b", "c", "d"), return_exceptions=True)
    assert texts(sandbox, copies) == ["a"]
    assert [type(answer) for answer in answers[2:]] == [errors.MsgWaitFailedError] * 2
    assert (sandbox.requests(SEND, anna), other.hits, sandbox.flood_violations) == (4, 0, 0)


@pytest.mark.parametrize(("kind", "stored"), [("lost", ["a"]), ("cut", ["a", "b", "c"])])
async def test_a_lost_connection_breaks_the_chain_where_nothing_is_executed(
    client: Any, sandbox: Sandbox, anna: Account, copies: Chat, kind: FaultKind, stored: list[str]
) -> None:
    """Behind a lost request nothing is executed; behind one of which only the answer is lost everything is."""
    sandbox.faults.add(kind, method=SEND, after=1)
    answers = chain(client, sandbox, anna, copies, "a", "b", "c")
    await sandbox.arrived(SEND, anna, count=3)
    before = texts(sandbox, copies)
    await asyncio.gather(*answers)  # Telethon repeats them on a new connection
    assert before == stored
    assert texts(sandbox, copies) == ["a", "b", "c"]


async def test_they_are_in_flight_together(client: Any, sandbox: Sandbox, anna: Account, copies: Chat) -> None:
    """The whole chain is there before any of it is executed."""
    sandbox.pause()
    answers = chain(client, sandbox, anna, copies, "a", "b", "c")
    await sandbox.arrived(SEND, anna, count=3)
    assert texts(sandbox, copies) == []
    sandbox.resume()
    await asyncio.gather(*answers)
    assert texts(sandbox, copies) == ["a", "b", "c"]
