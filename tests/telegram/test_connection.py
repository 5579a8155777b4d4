"""One connection: every request guarded, counted, limited in time, and refused in our words."""

import struct
import time
from datetime import timedelta
from typing import Any

import pytest

from tests.telegram.requests import say, who
from tgforward.errors import AccountRevoked, ApiIdInvalid, ConnectionLost, DuplicateInFlight, FloodWait, ServerFault
from tgforward.sandbox.keys import ServerKey, generate_key
from tgforward.sandbox.server import Sandbox
from tgforward.sandbox.world.accounts import Account
from tgforward.sandbox.world.world import World
from tgforward.telegram.connection import Connection, open_connection
from tgforward.telegram.server import TelegramServer


async def test_a_session_opens_a_connection_and_gives_itself_back(
    sandbox: Sandbox, server: TelegramServer, anna: Account
) -> None:
    """The string that opened a connection is the string that opens the next one."""
    session = sandbox.session_string(anna)

    async with open_connection(session, api_id=sandbox.api_id, api_hash=sandbox.api_hash, server=server) as conn:
        (me,) = await conn.call(who())
        assert conn.session == session

    assert me.id == anna.id
    assert not conn.is_open


async def test_requests_are_counted_by_method(conn: Connection, sandbox: Sandbox, anna: Account) -> None:
    """What the connection counted is what the server saw."""
    for number in (1, 2, 3):
        await conn.call(say("x", number))

    assert conn.requests["messages.sendMessage"] == 3
    assert sandbox.requests("messages.SendMessage", anna) == 3


async def test_a_revoked_session_is_told_when_opening(sandbox: Sandbox, server: TelegramServer, anna: Account) -> None:
    """Opening says that the session is gone, not that the connection failed."""
    session = sandbox.session_string(anna)
    sandbox.revoke(anna)
    conn = Connection(session, api_id=sandbox.api_id, api_hash=sandbox.api_hash, server=server)

    with pytest.raises(AccountRevoked, match="log in again") as caught:
        await conn.open()
    assert caught.value.code == "SESSION_REVOKED"
    assert not conn.is_open


async def test_a_session_revoked_in_mid_flight_fails_the_next_request(
    conn: Connection, sandbox: Sandbox, anna: Account
) -> None:
    """The account is parked by the first refusal."""
    sandbox.revoke(anna)

    with pytest.raises(AccountRevoked):
        await conn.call(who())


async def test_an_unknown_application_is_told_apart(sandbox: Sandbox, server: TelegramServer, anna: Account) -> None:
    """A wrong API id is a setting to mend, not a lost session."""
    with pytest.raises(ApiIdInvalid, match="TGFORWARD_TELEGRAM_API_ID"):
        async with open_connection(sandbox.session_string(anna), api_id=999, api_hash="x", server=server):
            raise AssertionError("opened")


async def test_one_session_over_two_connections_is_destroyed(
    sandbox: Sandbox, server: TelegramServer, anna: Account
) -> None:
    """The sandbox does to a doubly used session what Telegram does, and the program says so."""
    options: dict[str, Any] = {"api_id": sandbox.api_id, "api_hash": sandbox.api_hash, "server": server}
    session = sandbox.session_string(anna)

    async with open_connection(session, **options):
        with pytest.raises(AccountRevoked) as caught:
            async with open_connection(session, **options) as second:
                await second.call(who())

    assert caught.value.code == "AUTH_KEY_DUPLICATED"
    assert sandbox.sessions_used_twice == 1


async def test_a_server_with_another_key_is_not_spoken_to(sandbox: Sandbox) -> None:
    """With a custom key set, a server that cannot prove it has no chance."""
    stranger = TelegramServer(sandbox.host, sandbox.port, sandbox.dc_id, generate_key().public_pem)

    with pytest.raises(ConnectionLost, match="key is not the one of TGFORWARD_TELEGRAM_PUBLIC_KEY"):
        async with open_connection("", api_id=sandbox.api_id, api_hash=sandbox.api_hash, server=stranger):
            raise AssertionError("opened")


async def test_without_a_custom_key_only_telegrams_own_count(sandbox: Sandbox) -> None:
    """The sandbox's key is not accepted unless the setting asks for it."""
    keyless = TelegramServer(sandbox.host, sandbox.port, sandbox.dc_id, None)

    with pytest.raises(ConnectionLost, match="No secure connection"):
        async with open_connection("", api_id=sandbox.api_id, api_hash=sandbox.api_hash, server=keyless):
            raise AssertionError("opened")


async def test_a_flood_wait_is_neither_slept_nor_remembered(conn: Connection, sandbox: Sandbox) -> None:
    """The caller gets Telegram's figure at once, and decides alone when to ask again."""
    sandbox.faults.add("flood_wait", method="messages.SendMessage", seconds=40)
    began = time.monotonic()

    with pytest.raises(FloodWait) as caught:
        await conn.call(say("x", 1))
    sandbox.faults.clear()
    await conn.call(say("x", 1))

    assert caught.value.retry_after == timedelta(seconds=40)
    assert time.monotonic() - began < 2


async def test_a_500_is_raised_at_once_and_not_repeated(conn: Connection, sandbox: Sandbox, anna: Account) -> None:
    """Telethon would sleep two seconds and send again; here one call is one request."""
    sandbox.faults.add("server_error", method="messages.SendMessage")
    began = time.monotonic()

    with pytest.raises(ServerFault):
        await conn.call(say("x", 1))

    assert sandbox.requests("messages.SendMessage", anna) == 1
    assert time.monotonic() - began < 1


async def test_a_duplicate_in_flight_is_one(conn: Connection, sandbox: Sandbox) -> None:
    """RANDOM_ID_DUPLICATE is an error that says: repeat it unchanged."""
    sandbox.set_duplicates("error")
    await conn.call(say("x", 7))

    with pytest.raises(DuplicateInFlight):
        await conn.call(say("x", 7))


async def test_telethons_own_loop_hears_nothing(conn: Connection) -> None:
    """It would look at whatever our sends changed, and ask for what it misses without guard, gate and budget."""
    before = str(conn.client._message_box.map)
    await conn.call(say("a", 1))
    await conn.call(say("b", 2))  # by now it would have noted the first
    assert str(conn.client._message_box.map) == before


async def test_secrets_are_not_shown(conn: Connection, sandbox: Sandbox) -> None:
    """Neither the session nor the API hash is in the repr."""
    assert conn.session not in repr(conn)
    assert sandbox.api_hash not in repr(conn)


async def test_a_server_may_be_named_by_host(sandbox: Sandbox, anna: Account) -> None:
    """A session holds addresses only; the name is resolved before."""
    named = TelegramServer("localhost", sandbox.port, sandbox.dc_id, sandbox.public_key_pem)
    options: dict[str, Any] = {"api_id": sandbox.api_id, "api_hash": sandbox.api_hash, "server": named}

    async with open_connection(sandbox.session_string(anna), **options) as conn:
        assert conn.session
        assert await conn.call(who())


async def test_a_damaged_session_is_not_shown(sandbox: Sandbox, server: TelegramServer) -> None:
    """It counts as one that must be logged in anew."""
    conn = Connection("1damaged", api_id=sandbox.api_id, api_hash=sandbox.api_hash, server=server)

    with pytest.raises(AccountRevoked) as caught:
        await conn.open()
    assert "1damaged" not in str(caught.value)


async def test_a_session_that_the_server_does_not_know_must_log_in_anew(
    sandbox: Sandbox, server: TelegramServer, sandbox_key: ServerKey
) -> None:
    """A session of another server, or one from before the server forgot it."""
    async with Sandbox(World(), key=sandbox_key) as other:
        foreign = other.session_string(other.world.add_user("Zoe"))
    conn = Connection(foreign, api_id=sandbox.api_id, api_hash=sandbox.api_hash, server=server)

    with pytest.raises(AccountRevoked, match="log in again"):
        await conn.open()


async def test_no_message_text_is_logged(conn: Connection, sandbox: Sandbox, caplog: pytest.LogCaptureFixture) -> None:
    """Telethon logs the whole of a request that it cannot write, among others: its logs stay silent."""
    with caplog.at_level("DEBUG"):
        with pytest.raises(struct.error):
            await conn.call(say("a secret text", 2**70))
        sandbox.faults.add("server_error", method="messages.SendMessage")
        with pytest.raises(ServerFault):
            await conn.call(say("a secret text", 1))

    assert "secret" not in caplog.text
