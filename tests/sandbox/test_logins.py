"""One session over two connections."""

import asyncio
import socket

import pytest
from telethon import errors
from telethon.sessions import StringSession

from tests.fixtures.sandbox import Connect, make_client
from tgforward.sandbox.keys import ServerKey
from tgforward.sandbox.server import Sandbox
from tgforward.sandbox.wire.logins import Login, Logins
from tgforward.sandbox.world.accounts import Account
from tgforward.sandbox.world.world import World


class Wire:
    """A connection that the test opens and closes."""

    def __init__(self) -> None:
        self.open = True

    def is_open(self) -> bool:
        return self.open


@pytest.fixture
def login() -> Login:
    """A session of somebody."""
    return Login({1: b"key"}, 1, Account(1, "Anna"))


async def test_two_clients_with_one_session(
    world: World, sandbox_key: ServerKey, connect: Connect, anna: Account
) -> None:
    """The second client's first request destroys the session for both, and it is counted once."""
    async with Sandbox(world, key=sandbox_key, overlap_s=60) as server:
        session = server.session_string(anna)
        first = await connect(anna, server=server, session=StringSession(session))
        with pytest.raises(errors.AuthKeyDuplicatedError):
            await connect(anna, server=server, session=StringSession(session))
        with pytest.raises(errors.AuthKeyDuplicatedError):
            await first.send_message("me", "x")
        assert server.sessions_used_twice == 1
        await first.disconnect()


async def test_one_after_the_other(sandbox: Sandbox, anna: Account) -> None:
    """A client that closes before the next one connects is no second user, however soon."""
    session = sandbox.session_string(anna)
    for _ in range(20):
        client = make_client(sandbox, anna, session=StringSession(session))
        async with asyncio.timeout(10):
            await client.connect()
            await client.disconnect()
    assert sandbox.sessions_used_twice == 0


async def test_a_reconnecting_client(connect: Connect, sandbox: Sandbox, anna: Account) -> None:
    """A client whose connection is cut again and again reconnects with the same session and stays one user."""
    client = await connect(anna)
    for number in range(5):
        sandbox.disconnect(anna)
        async with asyncio.timeout(10):
            await client.send_message("me", str(number))
    assert sandbox.sessions_used_twice == 0


async def test_a_peer_that_is_gone_is_noticed(sandbox: Sandbox, anna: Account, connect: Connect) -> None:
    """A connection whose other end was closed is no user, even before the server has read the end."""
    session = sandbox.session_string(anna)
    client = await connect(anna, session=StringSession(session))
    (line,) = sandbox._connections
    assert line.is_open()
    client._sender._connection._writer.get_extra_info("socket").shutdown(socket.SHUT_WR)
    assert not line.is_open()


def test_a_silent_connection_is_superseded(login: Login) -> None:
    """A connection that was silent for a while is no second user until it speaks again."""
    logins, old, new = Logins(overlap_s=0), Wire(), Wire()
    logins.use(login, old)
    logins.use(login, new)
    logins.use(login, new)
    assert (logins.used_twice, login.refusal) == (0, "")
    logins.use(login, old)
    assert (logins.used_twice, login.refusal) == (1, "AUTH_KEY_DUPLICATED")


def test_a_client_that_reconnects_beside_a_silent_connection(login: Login) -> None:
    """Whether a connection was just in use is asked of those that are still open, not of the one that was cut."""
    logins, hanging, cut, again = Logins(overlap_s=60), Wire(), Wire(), Wire()
    logins.use(login, hanging)
    login.lines[hanging] -= 3600
    logins.use(login, cut)
    cut.open = False
    logins.use(login, again)
    assert logins.used_twice == 0


def test_overlap(login: Login) -> None:
    """A second connection that begins while the first was just in use destroys the session."""
    logins, old, new = Logins(overlap_s=60), Wire(), Wire()
    logins.use(login, old)
    logins.use(login, new)
    assert logins.used_twice == 1


def test_a_closed_connection_does_not_count(login: Login) -> None:
    """Closed or released connections are forgotten, and the last one may come back."""
    logins, first, second, third = Logins(overlap_s=60), Wire(), Wire(), Wire()
    logins.use(login, first)
    first.open = False
    logins.use(login, second)
    logins.release(login, second)
    logins.use(login, third)
    assert logins.used_twice == 0


def test_a_key_without_account_is_nobodys() -> None:
    """Before the log-in a key may be used over several connections."""
    logins, login = Logins(overlap_s=60), Login({1: b"key"}, 1)
    logins.use(login, Wire())
    logins.use(login, Wire())
    assert logins.used_twice == 0
