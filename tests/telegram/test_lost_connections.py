"""Connections that break, answers that do not come, and leases that run out in mid-flight."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from tests.telegram.conftest import Connect, arrival
from tests.telegram.requests import say, who
from tgforward.errors import (
    ConnectionLost,
    LeaseLost,
)
from tgforward.sandbox.keys import ServerKey
from tgforward.sandbox.server import Sandbox
from tgforward.sandbox.world.accounts import Account
from tgforward.sandbox.world.world import World
from tgforward.telegram.connection import Connection, open_connection
from tgforward.telegram.server import TelegramServer


async def test_an_answer_that_does_not_come_is_given_up(connect: Connect, sandbox: Sandbox, anna: Account) -> None:
    """The time limit ends the wait and says that the outcome is unknown; the connection stays usable."""
    conn = await connect(anna, call_timeout=timedelta(seconds=0.2))
    sandbox.faults.add("answer_late", method="messages.SendMessage", delay_ms=1000)

    with pytest.raises(ConnectionLost, match=r"did not answer messages\.sendMessage in time"):
        await conn.call(say("x", 1))

    assert conn.is_open
    assert await conn.call(who())


async def test_a_cut_connection_is_repaired_within_the_call(conn: Connection, sandbox: Sandbox, anna: Account) -> None:
    """Executed but unanswered: the repeat after the reconnect has the same random_id, so nothing is doubled."""
    sandbox.faults.add("cut", method="messages.SendMessage")

    await conn.call(say("once", 5))

    texts = [message.text for message in anna.mailbox.values()]
    assert texts == ["once"]
    assert sandbox.requests("messages.SendMessage", anna) == 2


async def test_what_is_under_way_when_the_server_goes_is_lost_not_cancelled(
    world: World, sandbox_key: ServerKey, anna: Account
) -> None:
    """Telethon cancels the futures of a dead connection; the caller must not take that for its own cancellation."""
    async with Sandbox(world, key=sandbox_key) as sandbox:
        server = TelegramServer(sandbox.host, sandbox.port, sandbox.dc_id, sandbox.public_key_pem)
        options: dict[str, Any] = {"api_id": sandbox.api_id, "api_hash": sandbox.api_hash, "server": server}
        async with open_connection(sandbox.session_string(anna), **options) as conn:
            sandbox.pause()
            waiting = asyncio.create_task(conn.call(who()))
            await arrival(sandbox, "users.GetUsers", anna, count=2)
            await sandbox.stop()

            with pytest.raises(ConnectionLost, match="unknown"):
                await waiting


async def test_a_closed_connection_ends_its_calls_as_lost(conn: Connection, sandbox: Sandbox, anna: Account) -> None:
    """Closing while a request is under way is a lost connection for the one who waits for the answer."""
    sandbox.pause()
    waiting = asyncio.create_task(conn.call(say("x", 1)))
    await arrival(sandbox, "messages.SendMessage", anna)

    await conn.close()

    with pytest.raises(ConnectionLost):
        await waiting
    sandbox.resume()


async def test_a_cancelled_call_stays_cancelled(conn: Connection, sandbox: Sandbox, anna: Account) -> None:
    """Whoever cancels gets a CancelledError, not an error of Telegram's."""
    sandbox.pause()
    waiting = asyncio.create_task(conn.call(say("x", 1)))
    await arrival(sandbox, "messages.SendMessage", anna)

    waiting.cancel()

    with pytest.raises(asyncio.CancelledError):
        await waiting
    sandbox.resume()


async def test_a_connection_that_was_given_up_is_opened_anew_by_the_next_call(
    world: World, sandbox_key: ServerKey, anna: Account
) -> None:
    """A server that was away for long is found again without anybody's help."""
    async with Sandbox(world, key=sandbox_key) as sandbox:
        server = TelegramServer(sandbox.host, sandbox.port, sandbox.dc_id, sandbox.public_key_pem)
        session = sandbox.session_string(anna)
        conn = Connection(session, api_id=sandbox.api_id, api_hash=sandbox.api_hash, server=server)
        await conn.open()
        port = sandbox.port
        await sandbox.stop()
        with pytest.raises(ConnectionLost):
            await conn.call(who())
        assert not conn.is_open

        sandbox.facts.port = port
        await sandbox.start()

        assert await conn.call(who())
        await conn.close()


class Lease:
    """A guard that can run out."""

    is_over = False

    def __call__(self) -> None:
        if self.is_over:
            raise LeaseLost("the lease is over")


async def test_the_guard_is_asked_before_each_request(connect: Connect, sandbox: Sandbox, anna: Account) -> None:
    """Past the lease nothing is sent, and the guard's own error comes out."""
    lease = Lease()
    conn = await connect(anna, guard=lease)
    await conn.call(say("x", 1))
    lease.is_over = True

    with pytest.raises(LeaseLost):
        await conn.call(say("y", 2))

    assert sandbox.requests("messages.SendMessage", anna) == 1


async def test_the_guard_also_stops_what_telethon_sends_by_itself(
    connect: Connect, sandbox: Sandbox, anna: Account
) -> None:
    """A request that waits for a reconnect is not sent once the lease is over."""
    lease = Lease()
    conn = await connect(anna, guard=lease)
    sandbox.pause()
    waiting = asyncio.create_task(conn.call(say("x", 1)))
    await arrival(sandbox, "messages.SendMessage", anna)
    lease.is_over = True
    sandbox.disconnect(anna)

    with pytest.raises(ConnectionLost):
        await waiting

    sandbox.resume()
    assert sandbox.requests("messages.SendMessage", anna) == 1
