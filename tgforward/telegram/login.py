"""Logging an account in: by phone, code and two-step password, or by a bot token."""

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from telethon import utils
from telethon.password import compute_check
from telethon.tl import functions, types

from tgforward.errors import AccountRevoked, LoginFailed
from tgforward.telegram.connection import Connection, method_name
from tgforward.telegram.peers import full_name, username_of
from tgforward.telegram.server import TelegramServer

Ask = Callable[[], str | Awaitable[str]]
"""Asks the person; called again after a wrong answer."""

_TRIES = 3  # Telegram itself bars an account after a few more


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose session it is."""

    user_id: int
    name: str
    is_bot: bool
    username: str | None = None


@dataclass(frozen=True, slots=True)
class LoggedIn(Identity):
    """A new session and whose it is."""

    session: str = field(default="", repr=False)


async def who_am_i(conn: Connection) -> Identity:
    """The account that the connection is logged in as.

    Raises:
        AccountRevoked: it is not logged in any more.
    """
    found = await conn.call(functions.users.GetUsersRequest([types.InputUserSelf()]))
    if not found or not isinstance(found[0], types.User):
        raise AccountRevoked("The session is not logged in; log in again with `tgforward account login`")
    return _identity(found[0])


async def login(
    server: TelegramServer | None,
    api_id: int,
    api_hash: str,
    *,
    ask_phone: Ask,
    ask_code: Ask,
    ask_password: Ask,
) -> LoggedIn:
    """A new session; a bot's token in place of the phone number logs a bot in.

    Raises:
        LoginFailed: the number or token is wrong, or the code or password three times.
        ApiIdInvalid: the application id and hash do not belong together.
    """
    conn = Connection("", api_id=api_id, api_hash=api_hash, server=server)
    await conn.open()
    try:
        dialogue = _Dialogue(conn, api_id, api_hash, ask_code, ask_password)
        user = await dialogue.run((await _ask(ask_phone)).strip())
        identity = _identity(user)
        return LoggedIn(identity.user_id, identity.name, identity.is_bot, identity.username, session=conn.session)
    finally:
        await conn.close()


@dataclass(frozen=True, slots=True)
class _Dialogue:
    conn: Connection
    api_id: int
    api_hash: str = field(repr=False)
    ask_code: Ask
    ask_password: Ask

    async def run(self, phone_or_token: str) -> Any:
        if ":" in phone_or_token:
            return await self._as_bot(phone_or_token)
        phone = utils.parse_phone(phone_or_token)
        if phone is None:
            raise LoginFailed("That is no phone number: give it with the country code, for example +12025550123")
        return await self._as_user(phone)

    async def _as_bot(self, token: str) -> Any:
        request = functions.auth.ImportBotAuthorizationRequest(0, self.api_id, self.api_hash, token)
        try:
            return (await self._call(request)).user
        except LoginFailed as error:
            raise LoginFailed(
                "Telegram refuses the bot token: get a valid one from @BotFather", code=error.code
            ) from error

    async def _as_user(self, phone: str) -> Any:
        code_hash = await self._request_code(phone)
        for _ in range(_TRIES):
            code = (await _ask(self.ask_code)).strip()
            try:
                answer = await self._call(functions.auth.SignInRequest(phone, code_hash, code))
            except LoginFailed as error:
                if error.code == "SESSION_PASSWORD_NEEDED":
                    return await self._with_password()
                if error.code not in {"PHONE_CODE_INVALID", "PHONE_CODE_EMPTY"}:
                    raise _refused_code(error) from error
                continue
            if isinstance(answer, types.auth.AuthorizationSignUpRequired):
                raise LoginFailed("There is no account with this phone number: make one in Telegram's own app first")
            return answer.user
        raise LoginFailed(f"The code was wrong {_TRIES} times: start the log-in again", code="PHONE_CODE_INVALID")

    async def _request_code(self, phone: str) -> str:
        request = functions.auth.SendCodeRequest(phone, self.api_id, self.api_hash, types.CodeSettings())
        try:
            return str((await self._call(request)).phone_code_hash)
        except LoginFailed as error:
            raise LoginFailed(
                "Telegram refuses the phone number: give it with the country code, for example +12025550123",
                code=error.code,
            ) from error

    async def _with_password(self) -> Any:
        for _ in range(_TRIES):
            # The challenge is valid once: every try needs a new one.
            challenge = await self._call(functions.account.GetPasswordRequest())
            proof = compute_check(challenge, await _ask(self.ask_password))
            try:
                return (await self._call(functions.auth.CheckPasswordRequest(proof))).user
            except LoginFailed as error:
                if error.code != "PASSWORD_HASH_INVALID":
                    raise
        raise LoginFailed(
            f"The two-step password was wrong {_TRIES} times: start the log-in again", code="PASSWORD_HASH_INVALID"
        )

    async def _call(self, request: Any) -> Any:
        """Through Telethon's own call, which follows PHONE_MIGRATE to the account's data centre."""
        async with self.conn.border(method_name(request)):
            return await self.conn.client(request)


async def _ask(question: Ask) -> str:
    answer = question()
    return await answer if inspect.isawaitable(answer) else answer


def _identity(user: Any) -> Identity:
    return Identity(user.id, full_name(user), bool(user.bot), username_of(user))


def _refused_code(error: LoginFailed) -> LoginFailed:
    if error.code == "PHONE_CODE_EXPIRED":
        return LoginFailed("The code has expired: start the log-in again", code=error.code)
    return error
