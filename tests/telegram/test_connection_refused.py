"""Servers that are away, silent or broken: a sentence after a bounded time, never a hang."""

import asyncio
import socket
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from telethon.tl import functions

from tgforward.errors import ConnectionLost
from tgforward.telegram.connection import HANDSHAKE_TIMEOUT, Connection, method_name, open_connection
from tgforward.telegram.server import TelegramServer


@pytest.fixture
def asked() -> asyncio.Event:
    """Set once the silent server was asked for something."""
    return asyncio.Event()


@pytest.fixture
async def silent_server(asked: asyncio.Event) -> AsyncIterator[TelegramServer]:
    """Takes connections and bytes, and never answers."""

    async def swallow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        asked.set()
        await reader.read()
        writer.close()

    server = await asyncio.start_server(swallow, "127.0.0.1", 0)
    yield TelegramServer("127.0.0.1", server.sockets[0].getsockname()[1])
    server.close()
    await server.wait_closed()


def connection(server: TelegramServer, handshake_timeout: timedelta = HANDSHAKE_TIMEOUT) -> Connection:
    return Connection("", api_id=1, api_hash="x", server=server, handshake_timeout=handshake_timeout)


async def test_a_server_that_never_answers_is_given_up(silent_server: TelegramServer) -> None:
    """The handshake ends after its time limit with a sentence that names the server."""
    conn = connection(silent_server, handshake_timeout=timedelta(seconds=0.3))

    with pytest.raises(ConnectionLost, match=f"{silent_server}: it does not answer within 0.3 s"):
        await conn.open()

    assert not conn.is_open


async def test_a_closed_port_is_told_from_a_silent_server() -> None:
    """Nobody listening is a sentence that says what to check."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        server = TelegramServer("127.0.0.1", unused.getsockname()[1])

        with pytest.raises(ConnectionLost, match=r"No connection to the server at .*: check the network"):
            async with open_connection("", api_id=1, api_hash="x", server=server):
                raise AssertionError("opened")


async def test_a_cancelled_open_leaves_nothing_behind(silent_server: TelegramServer, asked: asyncio.Event) -> None:
    """Cancelling is not mistaken for a lost connection, and the socket is closed."""
    conn = connection(silent_server)
    opening = asyncio.create_task(conn.open())
    await asked.wait()

    opening.cancel()

    with pytest.raises(asyncio.CancelledError):
        await opening
    assert not conn.is_open
    await conn.close()


async def test_a_connection_that_was_never_opened_refuses_requests(silent_server: TelegramServer) -> None:
    """A call before `open` is an error of its own, and closing is harmless."""
    conn = connection(silent_server)

    with pytest.raises(ConnectionLost, match="not open"):
        await conn.call(None)
    await conn.close()


def test_methods_are_named_as_in_telegrams_documentation() -> None:
    """Counters and errors speak of `messages.getHistory`, not of Telethon's classes."""
    assert method_name(functions.messages.GetHistoryRequest(None, 0, None, 0, 0, 0, 0, 0)) == "messages.getHistory"
    assert method_name(functions.PingRequest(1)) == "ping"
