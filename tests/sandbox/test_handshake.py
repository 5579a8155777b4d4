"""The handshake and the transports."""

import asyncio
from typing import Any

import pytest
from telethon import errors
from telethon.crypto import AuthKey
from telethon.network import ConnectionTcpAbridged, ConnectionTcpFull, ConnectionTcpIntermediate
from telethon.sessions import StringSession
from telethon.tl import functions

from tests.fixtures.sandbox import Connect, make_client
from tgforward.sandbox.server import Sandbox
from tgforward.sandbox.world.accounts import Account


async def test_every_handshake_ends(sandbox: Sandbox) -> None:
    """Fifty clients after each other agree on a key with the server, and it answers them encrypted."""
    for _ in range(50):
        client = make_client(sandbox, None)
        async with asyncio.timeout(10):
            await client.connect()
            answer = await client(functions.help.GetNearestDcRequest())
            await client.disconnect()
        assert answer.this_dc == sandbox.dc_id


@pytest.mark.parametrize("transport", [ConnectionTcpFull, ConnectionTcpAbridged, ConnectionTcpIntermediate])
async def test_transports(connect: Connect, anna: Account, transport: Any) -> None:
    """A short and a long message pass in both directions over each transport."""
    client = await connect(anna, connection=transport)
    short = await client.send_message("me", "x")
    long = await client.send_message("me", "y" * 4000)
    read = await client.get_messages("me", ids=[short.id, long.id])
    assert [len(message.text) for message in read] == [1, 4000]


async def test_unknown_auth_key(sandbox: Sandbox) -> None:
    """A key that the server has never seen is refused as Telegram does, and the client learns of it."""
    session = StringSession()
    session.set_dc(sandbox.dc_id, sandbox.host, sandbox.port)
    session.auth_key = AuthKey(bytes(range(256)))
    client = make_client(sandbox, None, session=session)
    async with asyncio.timeout(10):
        with pytest.raises(errors.AuthKeyNotFound):
            await client.connect()
        with pytest.raises(errors.AuthKeyNotFound):
            await client.disconnected
        await client.disconnect()


async def test_a_key_shorter_than_the_field_of_a_string_session_still_works(sandbox: Sandbox, anna: Account) -> None:
    """One key in 256 begins with a zero; Telethon pads it when saving and must be recognised by the padded key."""
    short_key = b"k" * 255
    sandbox._logins.add(short_key, anna)
    session = StringSession()
    session.set_dc(sandbox.dc_id, sandbox.host, sandbox.port)
    session.auth_key = AuthKey(short_key)
    client = make_client(sandbox, None, session=StringSession(session.save()))
    async with asyncio.timeout(10):
        await client.connect()
        assert (await client.get_me()).id == anna.id
        await client.disconnect()


async def test_nonsense_ends_the_connection(sandbox: Sandbox) -> None:
    """Bytes that are no packet close the connection and leave the server running."""
    reader, writer = await asyncio.open_connection(sandbox.host, sandbox.port)
    writer.write(b"GET / HTTP/1.0\r\n\r\n" + b"x" * 100)
    async with asyncio.timeout(10):
        assert await reader.read() == b""
    writer.close()
    await writer.wait_closed()


async def test_many_requests_in_flight(connect: Connect, anna: Account, sandbox: Sandbox) -> None:
    """Requests that Telethon packs into containers, some of them compressed, are all answered."""
    client = await connect(anna)
    async with asyncio.timeout(20):
        sent = await asyncio.gather(*(client.send_message("me", f"{number} " * 300) for number in range(60)))
    assert len({message.id for message in sent}) == 60
    assert sandbox.requests("messages.SendMessage", anna) == 60


async def test_ordered_requests_stop_at_the_first_failure(connect: Connect, anna: Account) -> None:
    """`invokeAfterMsg` keeps the order and refuses what follows a failed request."""
    client = await connect(anna)
    send = functions.messages.SendMessageRequest
    with pytest.raises(errors.MultiError) as caught:
        await client([send("me", "one"), send("me", " "), send("me", "three")], ordered=True)
    kinds = [type(error).__name__ for error in caught.value.exceptions]
    assert kinds == ["NoneType", "MessageEmptyError", "MsgWaitFailedError"]
    assert [message.text async for message in client.iter_messages("me")] == ["one"]


async def test_stop_with_open_clients(world: Any, sandbox_key: Any) -> None:
    """A server stops at once although clients are connected."""
    account = world.add_user("Anna")
    server = Sandbox(world, key=sandbox_key)
    await server.start()
    client = make_client(server, account, auto_reconnect=False)
    await client.connect()
    async with asyncio.timeout(5):
        await server.stop()
    await client.disconnect()
