"""Accounts log in by several requests: a phone number, the code, the two-step password."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime

from tgforward.db.audit import record_change
from tgforward.db.transaction import in_transaction
from tgforward.errors import Conflict, InvalidInput, LoginFailed, PermanentError, TelegramError, WrongAnswer
from tgforward.queue.logins import only_answer
from tgforward.services import account_login_state as state
from tgforward.services.account_login_state import Question, Underway
from tgforward.services.accounts import StoredAccount, store_login
from tgforward.services.deps import Deps
from tgforward.services.web_access import Caller
from tgforward.settings import require_api
from tgforward.telegram import login_steps as telegram
from tgforward.telegram.connection import Connection
from tgforward.telegram.login import TRIES, logged_in
from tgforward.telegram.login_steps import Application, Identity, SentBy

LONGEST_NAME = 64


@dataclass(frozen=True, slots=True)
class LoginStep:
    """How far a log-in has come."""

    id: str
    account: str
    question: Question | None
    """What has to be given next; None: the account is logged in and stored."""
    tries_left: int
    ends_at: datetime
    stored: StoredAccount | None = None
    sent_by: SentBy | None = None
    """How the code comes, while it is asked for."""


async def begin_login(deps: Deps, caller: Caller, account: str, phone_or_token: str) -> LoginStep:
    """Have Telegram send a code; a bot's token in place of the phone number logs the bot in at once.

    A name that exists gets the new session, if it is the same person's.

    Raises:
        InvalidInput: the name is not allowed.
        Conflict: too many log-ins are under way.
        TelegramError: Telegram refuses the number or token, or cannot be reached.
    """
    _check_name(account)
    application = Application(*require_api(deps.settings))
    is_bot = telegram.is_bot_token(phone_or_token)
    phone = "" if is_bot else telegram.parse_phone(phone_or_token)
    login = await state.begin(deps, caller, account)
    try:
        async with _connected(deps, login) as conn:
            if is_bot:
                return await _finish(
                    deps, caller, login, conn, await telegram.enter_token(conn, application, phone_or_token.strip())
                )
            sent = await telegram.request_code(conn, application, phone)
            login = replace(login, phone=phone, code_hash=sent.code_hash, sent_by=sent.by, session=conn.session)
        await state.keep(deps, login)
    except BaseException:
        await state.drop(deps, login)
        raise
    await _note(deps, caller, login, "account.login.begin")
    return _shown(login)


async def look_at_login(deps: Deps, caller: Caller, login_id: str) -> LoginStep:
    """How far the caller's log-in has come.

    Raises:
        NotFound: there is none (any more).
    """
    return _shown(await state.require(deps, caller, login_id))


async def resend_code(deps: Deps, caller: Caller, login_id: str) -> LoginStep:
    """Have Telegram send the code in another way: by text message or call instead of in its app.

    Raises:
        NotFound: there is no such log-in (any more).
        Conflict: it does not wait for a code, or an answer is being looked at.
        TelegramError: Telegram does not send it again; the log-in goes on.
    """
    async with only_answer(deps.redis, login_id):
        login = await _require(deps, caller, login_id, Question.CODE)
        async with _connected(deps, login) as conn:
            sent = await telegram.resend_code(conn, login.phone, login.sent)
            login = replace(login, code_hash=sent.code_hash, sent_by=sent.by, session=conn.session)
        await state.keep(deps, login)
        return _shown(login)


async def enter_code(deps: Deps, caller: Caller, login_id: str, code: str) -> LoginStep:
    """Give the code that Telegram sent.

    Raises:
        NotFound: there is no such log-in (any more).
        Conflict: it does not wait for a code, or another answer is being looked at.
        WrongAnswer: the code is wrong, and may be given again.
        TelegramError: the log-in has ended (PermanentError), or goes on later (TransientError).
    """

    async def give(conn: Connection, login: Underway) -> Identity | None:
        return await telegram.enter_code(conn, login.phone, login.code_hash, code)

    return await _answer(deps, caller, login_id, Question.CODE, give)


async def enter_password(deps: Deps, caller: Caller, login_id: str, password: str) -> LoginStep:
    """Give the two-step password.

    Raises:
        NotFound, Conflict, WrongAnswer, TelegramError: as for the code.
    """

    async def give(conn: Connection, _login: Underway) -> Identity | None:
        return await telegram.enter_password(conn, password)

    return await _answer(deps, caller, login_id, Question.PASSWORD, give)


async def cancel_login(deps: Deps, caller: Caller, login_id: str) -> None:
    """Give a log-in up.

    Raises:
        NotFound: there is none (any more).
    """
    login = await state.require(deps, caller, login_id)
    await state.drop(deps, login)
    await _note(deps, caller, login, "account.login.cancel")


Give = Callable[[Connection, Underway], Awaitable[Identity | None]]


async def _answer(deps: Deps, caller: Caller, login_id: str, question: Question, give: Give) -> LoginStep:
    async with only_answer(deps.redis, login_id):
        login = await _require(deps, caller, login_id, question)
        try:
            async with _connected(deps, login) as conn:
                who = await give(conn, login)
                if who is not None:
                    return await _finish(deps, caller, login, conn, who)
                login = replace(login, question=Question.PASSWORD, wrong=0, session=conn.session)
        except WrongAnswer as error:
            raise await _after_wrong(deps, caller, login, error) from error
        except PermanentError as error:
            await _give_up(deps, caller, login, error)
            raise
        await state.keep(deps, login)
        return _shown(login)


async def _require(deps: Deps, caller: Caller, login_id: str, question: Question) -> Underway:
    login = await state.require(deps, caller, login_id)
    if login.question is not question:
        raise Conflict(f"this log-in waits for the {login.question}, not for the {question}")
    return login


async def _finish(deps: Deps, caller: Caller, login: Underway, conn: Connection, who: Identity) -> LoginStep:
    """Store the account; a session that cannot be stored is ended, so that none is left that nobody knows."""
    try:
        stored = await store_login(deps, login.account, logged_in(who, conn.session), actor=caller.actor)
    except BaseException:
        with suppress(TelegramError):
            await telegram.end_session(conn)
        raise
    finally:
        await state.drop(deps, login)
    return LoginStep(login.id, login.account, None, 0, login.ends_at, stored)


async def _after_wrong(deps: Deps, caller: Caller, login: Underway, error: WrongAnswer) -> LoginFailed:
    login = replace(login, wrong=login.wrong + 1)
    if login.wrong >= TRIES:
        await _give_up(deps, caller, login, error)
        return LoginFailed(f"{error}, {TRIES} times: start the log-in again", code=error.code)
    await state.keep(deps, login)
    left = TRIES - login.wrong
    return WrongAnswer(f"{error}: {left} {'try is' if left == 1 else 'tries are'} left", code=error.code)


async def _give_up(deps: Deps, caller: Caller, login: Underway, error: TelegramError) -> None:
    await state.drop(deps, login)
    await _note(deps, caller, login, "account.login.fail", why=error.code)


async def _note(deps: Deps, caller: Caller, login: Underway, action: str, **detail: str) -> None:
    await in_transaction(
        deps.session_factory,
        lambda session: record_change(session, actor=caller.actor, action=action, target=login.account, detail=detail),
    )


@asynccontextmanager
async def _connected(deps: Deps, login: Underway) -> AsyncIterator[Connection]:
    conn = await deps.open_connection(login.session, must_be_logged_in=False)
    try:
        yield conn
    finally:
        await conn.close()


def _shown(login: Underway) -> LoginStep:
    sent_by = login.sent_by if login.question is Question.CODE else None
    left = TRIES - login.wrong
    return LoginStep(login.id, login.account, login.question, left, login.ends_at, sent_by=sent_by)


def _check_name(name: str) -> None:
    if not 1 <= len(name) <= LONGEST_NAME or name != name.strip() or "/" in name:
        raise InvalidInput(f"an account's name has 1 to {LONGEST_NAME} characters, no / and no blank at its ends")
