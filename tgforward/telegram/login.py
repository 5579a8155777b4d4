"""Logging an account in at one go: by phone, code and two-step password, or by a bot token."""

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from telethon.tl import functions, types

from tgforward.errors import AccountRevoked, LoginFailed, WrongAnswer
from tgforward.telegram.connection import Connection
from tgforward.telegram.login_steps import (
    Application,
    Identity,
    enter_code,
    enter_password,
    enter_token,
    identity,
    is_bot_token,
    parse_phone,
    request_code,
)
from tgforward.telegram.server import TelegramServer

Ask = Callable[[], str | Awaitable[str]]
"""Asks the person; called again after a wrong answer."""

TRIES = 3  # Telegram itself bars an account after a few more


@dataclass(frozen=True, slots=True)
class LoggedIn(Identity):
    """A new session and whose it is."""

    session: str = field(default="", repr=False)


def logged_in(who: Identity, session: str) -> LoggedIn:
    """Somebody with their session."""
    return LoggedIn(who.user_id, who.name, who.is_bot, who.username, session=session)


async def who_am_i(conn: Connection) -> Identity:
    """The account that the connection is logged in as.

    Raises:
        AccountRevoked: it is not logged in any more.
    """
    found = await conn.call(functions.users.GetUsersRequest([types.InputUserSelf()]))
    if not found or not isinstance(found[0], types.User):
        raise AccountRevoked("The session is not logged in; log in again with `tgforward account login`")
    return identity(found[0])


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
        dialogue = _Dialogue(conn, Application(api_id, api_hash), ask_code, ask_password)
        return logged_in(await dialogue.run((await _ask(ask_phone)).strip()), conn.session)
    finally:
        await conn.close()


@dataclass(frozen=True, slots=True)
class _Dialogue:
    conn: Connection
    application: Application
    ask_code: Ask
    ask_password: Ask

    async def run(self, phone_or_token: str) -> Identity:
        if is_bot_token(phone_or_token):
            return await enter_token(self.conn, self.application, phone_or_token)
        phone = parse_phone(phone_or_token)
        sent = await request_code(self.conn, self.application, phone)
        return await self._with_code(phone, sent.code_hash) or await self._with_password()

    async def _with_code(self, phone: str, code_hash: str) -> Identity | None:
        for _ in range(TRIES):
            try:
                return await enter_code(self.conn, phone, code_hash, await _ask(self.ask_code))
            except WrongAnswer:
                continue
        raise LoginFailed(f"The code was wrong {TRIES} times: start the log-in again", code="PHONE_CODE_INVALID")

    async def _with_password(self) -> Identity:
        for _ in range(TRIES):
            try:
                return await enter_password(self.conn, await _ask(self.ask_password))
            except WrongAnswer:
                continue
        raise LoginFailed(
            f"The two-step password was wrong {TRIES} times: start the log-in again", code="PASSWORD_HASH_INVALID"
        )


async def _ask(question: Ask) -> str:
    answer = question()
    return await answer if inspect.isawaitable(answer) else answer
