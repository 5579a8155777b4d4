"""Logging in, one request after the other, on a connection that is nobody's yet."""

from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from telethon import utils
from telethon.password import compute_check
from telethon.tl import functions, types

from tgforward.errors import LoginFailed, PermanentError, WrongAnswer
from tgforward.telegram.connection import Connection, method_name
from tgforward.telegram.peers import full_name, username_of


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose session it is."""

    user_id: int
    name: str
    is_bot: bool
    username: str | None = None


@dataclass(frozen=True, slots=True)
class Application:
    """What Telegram knows this program by."""

    api_id: int
    api_hash: str = field(repr=False)


class SentBy(StrEnum):
    """How the code comes; people who wait for a text message do not see the one in Telegram's app."""

    APP = "app"
    """As a message in Telegram itself, where the person is logged in already."""
    SMS = "sms"
    CALL = "call"
    EMAIL = "email"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class SentCode:
    """A code that is on its way."""

    code_hash: str = field(repr=False)
    by: SentBy


def parse_phone(text: str) -> str:
    """The phone number in a text, as digits.

    Raises:
        LoginFailed: it is none.
    """
    phone = utils.parse_phone(text)
    if phone is None:
        raise LoginFailed("That is no phone number: give it with the country code, for example +12025550123")
    return str(phone)


def is_bot_token(text: str) -> bool:
    """Whether that is a bot's token, not a phone number."""
    return ":" in text


async def request_code(conn: Connection, application: Application, phone: str) -> SentCode:
    """Have Telegram send a code to a phone number.

    Raises:
        LoginFailed: Telegram refuses the number.
        ApiIdInvalid: the application id and hash do not belong together.
    """
    request = functions.auth.SendCodeRequest(phone, application.api_id, application.api_hash, types.CodeSettings())
    try:
        return _sent(await _call(conn, request))
    except LoginFailed as error:
        raise LoginFailed(
            "Telegram refuses the phone number: give it with the country code, for example +12025550123",
            code=error.code,
        ) from error


async def resend_code(conn: Connection, phone: str, sent: SentCode) -> SentCode:
    """Have Telegram send the code in the next way that it has; the former hash is worth nothing afterwards.

    Raises:
        LoginFailed: there is no other way, or the code has expired.
    """
    try:
        return _sent(await _call(conn, functions.auth.ResendCodeRequest(phone, sent.code_hash)))
    except PermanentError as error:
        if error.code == "SEND_CODE_UNAVAILABLE":
            raise LoginFailed(
                "Telegram has no other way to send this code: wait for it, or start the log-in again", code=error.code
            ) from error
        raise _refused_code(error) if isinstance(error, LoginFailed) else error from error


async def enter_code(conn: Connection, phone: str, code_hash: str, code: str) -> Identity | None:
    """Log in with the code; None where Telegram also asks for the two-step password.

    Raises:
        WrongAnswer: the code is wrong.
        LoginFailed: it has expired, or nobody has this phone number.
    """
    try:
        answer = await _call(conn, functions.auth.SignInRequest(phone, code_hash, code.strip()))
    except LoginFailed as error:
        if error.code == "SESSION_PASSWORD_NEEDED":
            return None
        raise _refused_code(error) from error
    if isinstance(answer, types.auth.AuthorizationSignUpRequired):
        raise LoginFailed("There is no account with this phone number: make one in Telegram's own app first")
    return identity(answer.user)


async def enter_password(conn: Connection, password: str) -> Identity:
    """Log in with the two-step password, after the code.

    Raises:
        WrongAnswer: it is wrong.
    """
    # The challenge is valid once: every try needs a new one.
    challenge = await _call(conn, functions.account.GetPasswordRequest())
    proof = compute_check(challenge, password)
    try:
        return identity((await _call(conn, functions.auth.CheckPasswordRequest(proof))).user)
    except LoginFailed as error:
        if error.code == "PASSWORD_HASH_INVALID":
            raise WrongAnswer("The two-step password is wrong", code=error.code) from error
        raise


async def enter_token(conn: Connection, application: Application, token: str) -> Identity:
    """Log a bot in.

    Raises:
        LoginFailed: Telegram does not know the token.
    """
    request = functions.auth.ImportBotAuthorizationRequest(0, application.api_id, application.api_hash, token)
    try:
        return identity((await _call(conn, request)).user)
    except LoginFailed as error:
        raise LoginFailed("Telegram refuses the bot token: get a valid one from @BotFather", code=error.code) from error


async def end_session(conn: Connection) -> None:
    """Log out: nobody can use the session any more."""
    await _call(conn, functions.auth.LogOutRequest())


def identity(user: Any) -> Identity:
    """Whom Telegram names."""
    return Identity(user.id, full_name(user), bool(user.bot), username_of(user))


async def _call(conn: Connection, request: Any) -> Any:
    """Through Telethon's own call, which follows PHONE_MIGRATE to the account's data centre."""
    async with conn.border(method_name(request)):
        return await conn.client(request)


_WAYS = MappingProxyType(
    {
        "App": SentBy.APP,
        "Sms": SentBy.SMS,
        "SmsWord": SentBy.SMS,
        "SmsPhrase": SentBy.SMS,
        "Call": SentBy.CALL,
        "EmailCode": SentBy.EMAIL,
    }
)
"""By the end of Telegram's own name, such as `SentCodeTypeFlashCall`."""


def _sent(answer: Any) -> SentCode:
    kind = type(answer.type).__name__.removeprefix("SentCodeType")
    by = next((way for end, way in _WAYS.items() if kind.endswith(end)), SentBy.OTHER)
    return SentCode(str(answer.phone_code_hash), by)


def _refused_code(error: LoginFailed) -> LoginFailed:
    if error.code in {"PHONE_CODE_INVALID", "PHONE_CODE_EMPTY"}:
        return WrongAnswer("The code is wrong", code=error.code)
    if error.code == "PHONE_CODE_EXPIRED":
        return LoginFailed("The code has expired: start the log-in again", code=error.code)
    return error
