"""Requests in flight together, executed one after the other."""

import asyncio
from datetime import timedelta

import pytest

from tests.telegram.conftest import Connect
from tests.telegram.requests import say
from tgforward.errors import ChainBroken, ConnectionLost, LeaseLost, MessageRejected
from tgforward.sandbox.server import Sandbox
from tgforward.sandbox.world.accounts import Account
from tgforward.sandbox.world.world import World
from tgforward.telegram.connection import Connection

SEND = "messages.SendMessage"


async def test_each_answer_is_that_of_its_request(conn: Connection, sandbox: Sandbox, anna: Account) -> None:
    """The answers may be asked for in any order."""
    chain = await conn.call_in_order([say(text, number) for number, text in enumerate("abc", 1)])
    given = [(await chain.answer(number)).updates[0] for number in (2, 0, 1)]
    assert [update.random_id for update in given] == [3, 1, 2]
    assert conn.requests["messages.sendMessage"] == 3


async def test_a_refused_one_stops_those_behind_it(conn: Connection, sandbox: Sandbox) -> None:
    """They say that they were not executed, and nobody has to ask for their answers."""
    sandbox.faults.add("error", method=SEND, error="MESSAGE_TOO_LONG", after=1)
    chain = await conn.call_in_order([say(text, number) for number, text in enumerate("abcd", 1)])
    await chain.answer(0)
    with pytest.raises(MessageRejected):
        await chain.answer(1)
    with pytest.raises(ChainBroken):
        await chain.answer(2)


async def test_the_guard_stands_before_the_whole_chain(connect: Connect, sandbox: Sandbox, anna: Account) -> None:
    """Without the lease nothing of it is sent."""
    has_lease = True

    def guard() -> None:
        if not has_lease:
            raise LeaseLost("gone")

    conn = await connect(anna, guard=guard)
    has_lease = False
    with pytest.raises(LeaseLost):
        await conn.call_in_order([say("a", 1), say("b", 2)])
    assert sandbox.requests(SEND, anna) == 0


async def test_the_time_limit_is_one_for_all(connect: Connect, sandbox: Sandbox, anna: Account) -> None:
    """A chain whose first request hangs ends in one time limit, not in one for each."""
    conn = await connect(anna, call_timeout=timedelta(seconds=0.3))
    sandbox.faults.add("delay", method=SEND, delay_ms=60_000)
    chain = await conn.call_in_order([say(text, number) for number, text in enumerate("abcdefgh", 1)])
    async with asyncio.timeout(1.5):
        for number in range(8):
            with pytest.raises(ConnectionLost):
                await chain.answer(number)


async def test_a_closed_connection_ends_it(conn: Connection, world: World, sandbox: Sandbox) -> None:
    """Whatever is not answered by then was perhaps executed, and perhaps not."""
    sandbox.pause()
    chain = await conn.call_in_order([say("a", 1), say("b", 2)])
    closing = asyncio.create_task(conn.close())
    for number in range(2):
        with pytest.raises(ConnectionLost):
            await chain.answer(number)
    await closing
    sandbox.resume()
