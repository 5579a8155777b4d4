"""Connections of this room to the sandbox, and the chats that its tests have in common."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import timedelta

import pytest
from telethon.crypto import rsa

from tgforward.forwarding.links import ById
from tgforward.sandbox.server import Sandbox
from tgforward.sandbox.world.accounts import Account
from tgforward.sandbox.world.chats import Chat
from tgforward.sandbox.world.world import World
from tgforward.telegram.connection import CALL_TIMEOUT, Connection, Guard
from tgforward.telegram.peers import Peer
from tgforward.telegram.resolve import resolve
from tgforward.telegram.server import TelegramServer
from tgforward.types import ChatId

Connect = Callable[..., Awaitable[Connection]]


@pytest.fixture(autouse=True)
def _telethons_keys() -> Iterator[None]:
    """Puts back the table of server keys, which is one for the whole process."""
    before = dict(rsa._server_keys)
    yield
    rsa._server_keys.clear()
    rsa._server_keys.update(before)


@pytest.fixture
def anna(world: World) -> Account:
    """The account that forwards."""
    return world.add_user("Anna", username="anna_ko")


@pytest.fixture
def editor(world: World) -> Account:
    """The account that writes the sources."""
    return world.add_user("Ed")


@pytest.fixture
def news(world: World, anna: Account, editor: Account) -> Chat:
    """A private channel that Anna only reads."""
    return world.add_channel("News", admins=[editor], members=[anna])


@pytest.fixture
def copies(world: World, anna: Account) -> Chat:
    """A channel of Anna's."""
    return world.add_channel("Copies", admins=[anna])


@pytest.fixture
def server(sandbox: Sandbox) -> TelegramServer:
    """How the program finds the sandbox."""
    return TelegramServer(sandbox.host, sandbox.port, sandbox.dc_id, sandbox.public_key_pem)


@pytest.fixture
async def connect(sandbox: Sandbox, server: TelegramServer) -> AsyncIterator[Connect]:
    """Opens connections of accounts, and closes them at the end."""
    opened: list[Connection] = []

    async def open_for(
        account: Account, *, guard: Guard | None = None, call_timeout: timedelta = CALL_TIMEOUT
    ) -> Connection:
        conn = Connection(
            sandbox.session_string(account),
            api_id=sandbox.api_id,
            api_hash=sandbox.api_hash,
            server=server,
            guard=guard,
            call_timeout=call_timeout,
        )
        opened.append(conn)
        await conn.open()
        return conn

    yield open_for
    for conn in opened:
        await conn.close()


@pytest.fixture
async def conn(connect: Connect, anna: Account) -> Connection:
    """Anna's connection."""
    return await connect(anna)


@pytest.fixture
async def source(conn: Connection, news: Chat) -> Peer:
    """News as Anna sees it."""
    return await peer_of(conn, news)


@pytest.fixture
async def dest(conn: Connection, copies: Chat) -> Peer:
    """Copies as Anna sees it."""
    return await peer_of(conn, copies)


async def peer_of(conn: Connection, chat: Chat) -> Peer:
    """The chat as the connection's account finds it."""
    return await resolve(conn, ById(ChatId(chat.marked_id)))


async def arrival(sandbox: Sandbox, method: str, account: Account, count: int = 1) -> None:
    """Returns once the server has seen `count` requests of the method."""
    async with asyncio.timeout(10):
        while sandbox.requests(method, account) < count:  # noqa: ASYNC110  # the sandbox counts, it does not signal
            await asyncio.sleep(0.005)
