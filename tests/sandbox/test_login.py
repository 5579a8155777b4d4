"""Logging in and out."""

from typing import Any

import pytest
from telethon import errors
from telethon.tl import functions, types

from tests.fixtures.sandbox import Connect
from tgforward.sandbox.server import Sandbox
from tgforward.sandbox.world.accounts import Account
from tgforward.sandbox.world.world import World

PHONE = "+9996612345"


async def test_phone_and_code(connect: Connect, sandbox: Sandbox, anna: Account) -> None:
    """The code that the server tells logs in the account of that phone number."""
    client = await connect(None)
    assert not await client.is_user_authorized()
    await client.send_code_request(PHONE)
    me = await client.sign_in(PHONE, sandbox.login_code(anna))
    assert (me.id, me.username, me.phone) == (anna.id, "anna_ko", "9996612345")


async def test_wrong_code(connect: Connect, anna: Account) -> None:
    """Another code is refused."""
    client = await connect(None)
    await client.send_code_request(PHONE)
    with pytest.raises(errors.PhoneCodeInvalidError):
        await client.sign_in(PHONE, "00000")


async def test_unknown_phone(connect: Connect) -> None:
    """A phone number of nobody is refused."""
    client = await connect(None)
    with pytest.raises(errors.PhoneNumberInvalidError):
        await client.send_code_request("+15550100")


async def test_two_step_password(connect: Connect, sandbox: Sandbox, world: World) -> None:
    """An account with a password needs code and password; the right one is proved by SRP."""
    account = world.add_user("Careful", phone="+9996600007", password="correct horse")
    client = await connect(None)
    await client.send_code_request("+9996600007")
    with pytest.raises(errors.SessionPasswordNeededError):
        await client.sign_in("+9996600007", sandbox.login_code(account))
    with pytest.raises(errors.PasswordHashInvalidError):
        await client.sign_in(password="battery staple")
    me = await client.sign_in(password="correct horse")
    assert me.id == account.id


async def test_bot_token(connect: Connect, world: World) -> None:
    """A bot logs in with its token, and with no other."""
    bot = world.add_bot("helper_bot")
    client = await connect(None)
    with pytest.raises(errors.AccessTokenInvalidError):
        await client.sign_in(bot_token="1:nonsense")
    me = await client.sign_in(bot_token=bot.token)
    assert me.bot
    assert me.id == bot.id


@pytest.mark.parametrize("wrong", [{"api_id": 999}, {"api_hash": "0" * 32}])
async def test_unknown_application(connect: Connect, anna: Account, wrong: dict[str, Any]) -> None:
    """Another application id is refused when connecting, another hash when the code is asked for."""
    with pytest.raises(errors.ApiIdInvalidError):
        await (await connect(None, **wrong)).send_code_request(PHONE)


async def test_nothing_works_before_the_log_in(connect: Connect) -> None:
    """Without log-in everything that needs an account is refused."""
    client = await connect(None)
    with pytest.raises(errors.AuthKeyUnregisteredError):
        await client.send_message("me", "x")


async def test_log_out(connect: Connect, anna: Account) -> None:
    """After logging out the same key is nobody's."""
    client = await connect(anna)
    await client(functions.auth.LogOutRequest())
    with pytest.raises(errors.AuthKeyUnregisteredError):
        await client(functions.updates.GetStateRequest())


async def test_revoked(connect: Connect, sandbox: Sandbox, anna: Account) -> None:
    """A revoked session is refused at its next request."""
    client = await connect(anna)
    sandbox.revoke(anna)
    with pytest.raises(errors.SessionRevokedError):
        await client.send_message("me", "x")


async def test_sessions_of_one_account_are_independent(connect: Connect, sandbox: Sandbox, anna: Account) -> None:
    """Two session strings of one account may be used at the same time."""
    first, second = await connect(anna), await connect(anna)
    await first.send_message("me", "one")
    await second.send_message("me", "two")
    assert [message.text async for message in first.iter_messages("me")] == ["two", "one"]
    assert sandbox.sessions_used_twice == 0


async def test_export_authorization(connect: Connect, anna: Account) -> None:
    """An exported log-in works once with another key."""
    ticket = await (await connect(anna))(functions.auth.ExportAuthorizationRequest(2))
    other = await connect(None)
    answer = await other(functions.auth.ImportAuthorizationRequest(ticket.id, ticket.bytes))
    assert isinstance(answer, types.auth.Authorization)
    with pytest.raises(errors.RPCError, match="authorization"):
        await other(functions.auth.ImportAuthorizationRequest(ticket.id, ticket.bytes))
