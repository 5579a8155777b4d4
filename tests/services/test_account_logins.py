"""Accounts log in by several requests, between which nothing stays open."""

import logging
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from arq import ArqRedis

from tests.services.conftest import Town
from tests.services.runs import MovedClock
from tgforward.db.accounts import load_account_named
from tgforward.db.audit import list_changes
from tgforward.db.models import Role
from tgforward.db.session import reading
from tgforward.errors import Conflict, FloodWait, InvalidInput, LoginFailed, NotFound, WrongAnswer
from tgforward.queue.logins import only_answer
from tgforward.sandbox.server import Sandbox
from tgforward.sandbox.world.accounts import Account
from tgforward.services.account_login_state import LASTING, LIMITS, Question
from tgforward.services.account_logins import (
    LoginStep,
    begin_login,
    cancel_login,
    enter_code,
    enter_password,
    look_at_login,
    resend_code,
)
from tgforward.services.deps import Deps
from tgforward.services.web_access import SCOPES, Caller
from tgforward.telegram.login import who_am_i
from tgforward.telegram.login_steps import SentBy

ADMIN = Caller(1, "ada", Role.ADMIN, SCOPES[Role.ADMIN])
OTHER = replace(ADMIN, web_user_id=2, name="ben")
PASSWORD = "correct horse"


@pytest.fixture
def db_url(sqlite_url: str) -> str:
    """What is stored is stored as the command line does it: one kind of database is enough."""
    return sqlite_url


@pytest.fixture
def careful(town: Town) -> Account:
    """Has a two-step password."""
    return town.world.add_user("Carl", phone="+9996620009", password=PASSWORD)


@pytest.fixture
async def begun(deps: Deps, careful: Account) -> LoginStep:
    """Carl's log-in, which waits for the code."""
    return await begin_login(deps, ADMIN, "main", f"+{careful.phone}")


async def _actions(deps: Deps) -> list[tuple[str, str]]:
    async with reading(deps.session_factory) as session:
        return [(row.action, row.actor) for row in reversed(await list_changes(session, "main"))]


async def test_phone_code_and_password_make_an_account(deps: Deps, begun: LoginStep, careful: Account) -> None:
    """By a request each; the session that is stored opens a connection, and the audit log says who did it."""
    assert begun.question is Question.CODE
    asked = await enter_code(deps, ADMIN, begun.id, f" {careful.code} ")
    assert (asked.question, asked.stored) == (Question.PASSWORD, None)

    done = await enter_password(deps, ADMIN, begun.id, PASSWORD)

    assert done.question is None
    assert done.stored is not None
    async with reading(deps.session_factory) as session:
        account = await load_account_named(session, "main")
    assert account is not None
    assert account.session_sealed is not None
    conn = await deps.open_connection(deps.vault.open(account.session_sealed))
    assert (await who_am_i(conn)).user_id == account.user_id == careful.id
    await conn.close()
    assert await _actions(deps) == [("account.login.begin", "web:ada"), ("account.login", "web:ada")]
    with pytest.raises(NotFound):
        await look_at_login(deps, ADMIN, begun.id)


async def test_nothing_of_it_stands_in_a_log(deps: Deps, careful: Account, caplog: pytest.LogCaptureFixture) -> None:
    """However much is logged, and also of answers that are wrong."""
    caplog.set_level(logging.DEBUG)
    step = await begin_login(deps, ADMIN, "main", f"+{careful.phone}")
    with pytest.raises(WrongAnswer):
        await enter_code(deps, ADMIN, step.id, "77777")
    await enter_code(deps, ADMIN, step.id, careful.code)
    with pytest.raises(WrongAnswer):
        await enter_password(deps, ADMIN, step.id, "battery staple")
    await enter_password(deps, ADMIN, step.id, PASSWORD)

    said = caplog.text
    assert said
    secrets = (careful.phone, "77777", careful.code, "battery staple", PASSWORD)
    assert not [secret for secret in secrets if re.search(rf"\b{secret}\b", said)]


async def test_it_is_forgotten_after_ten_minutes(deps: Deps, begun: LoginStep, careful: Account) -> None:
    """And takes no place any more."""
    for _ in range(LIMITS.per_owner - 1):
        await begin_login(deps, ADMIN, "main", f"+{careful.phone}")
    later = replace(deps, clock=MovedClock(LASTING + timedelta(seconds=1)))

    with pytest.raises(NotFound, match="each lasts 10 minutes"):
        await enter_code(later, ADMIN, begun.id, careful.code)
    assert (await begin_login(later, ADMIN, "main", f"+{careful.phone}")).question is Question.CODE


async def test_nothing_of_it_can_be_read_in_redis(
    deps: Deps, begun: LoginStep, careful: Account, redis: ArqRedis
) -> None:
    """Neither phone number nor session; and Redis forgets all of it when its time is over."""
    keys = await redis.keys("*login*")
    found = b"".join([await redis.get(key) for key in keys if await redis.type(key) == b"string"])

    assert len(found) > 100
    assert careful.phone.encode() not in found
    assert {0 < await redis.pttl(key) <= LASTING / timedelta(milliseconds=1) for key in keys} == {True}
    assert careful.phone not in repr(begun)


async def test_a_wrong_answer_may_be_given_again(deps: Deps, begun: LoginStep, careful: Account) -> None:
    """The sentence says how often; right ones still count."""
    with pytest.raises(WrongAnswer, match="code is wrong: 2 tries are left"):
        await enter_code(deps, ADMIN, begun.id, "77777")
    assert (await look_at_login(deps, ADMIN, begun.id)).tries_left == 2
    await enter_code(deps, ADMIN, begun.id, careful.code)
    for left in ("2 tries are", "1 try is"):
        with pytest.raises(WrongAnswer, match=f"password is wrong: {left} left"):
            await enter_password(deps, ADMIN, begun.id, "battery")

    assert (await enter_password(deps, ADMIN, begun.id, PASSWORD)).stored is not None


async def test_three_wrong_answers_end_it(deps: Deps, begun: LoginStep) -> None:
    """And the audit log says that it failed."""
    for _ in range(2):
        with pytest.raises(WrongAnswer):
            await enter_code(deps, ADMIN, begun.id, "77777")
    with pytest.raises(LoginFailed, match="wrong, 3 times: start the log-in again"):
        await enter_code(deps, ADMIN, begun.id, "77777")

    with pytest.raises(NotFound, match="begin another one"):
        await enter_code(deps, ADMIN, begun.id, "77777")
    assert (await _actions(deps))[-1] == ("account.login.fail", "web:ada")


async def test_who_began_it_goes_on_with_it(deps: Deps, begun: LoginStep, careful: Account) -> None:
    """For everybody else it does not exist, and an answer to another question is refused."""
    for attempt in (enter_code(deps, OTHER, begun.id, careful.code), cancel_login(deps, OTHER, begun.id)):
        with pytest.raises(NotFound):
            await attempt
    with pytest.raises(Conflict, match="waits for the code"):
        await enter_password(deps, ADMIN, begun.id, PASSWORD)


async def test_two_answers_at_once_are_one_too_many(deps: Deps, begun: LoginStep, careful: Account) -> None:
    """The second waits for the first, so that Telegram never sees one session twice."""
    async with only_answer(deps.redis, begun.id):
        with pytest.raises(Conflict, match="still being looked at"):
            await enter_code(deps, ADMIN, begun.id, careful.code)

    assert (await enter_code(deps, ADMIN, begun.id, careful.code)).question is Question.PASSWORD


async def test_only_a_few_are_under_way(deps: Deps, careful: Account) -> None:
    """One more takes the place of one that is cancelled or was refused; others have places of their own."""
    phone = f"+{careful.phone}"
    with pytest.raises(LoginFailed, match="refuses the phone number"):
        await begin_login(deps, ADMIN, "main", "+4912345678901")
    steps = [await begin_login(deps, ADMIN, "main", phone) for _ in range(LIMITS.per_owner)]
    with pytest.raises(Conflict, match="too many log-ins"):
        await begin_login(deps, ADMIN, "main", phone)
    await begin_login(deps, OTHER, "main", phone)

    await cancel_login(deps, ADMIN, steps[0].id)

    assert (await begin_login(deps, ADMIN, "main", phone)).question is Question.CODE


async def test_a_flood_wait_is_said_and_waited_for(
    deps: Deps, begun: LoginStep, careful: Account, sandbox: Sandbox
) -> None:
    """The log-in goes on after it."""
    sandbox.faults.add("flood_wait", method="auth.SignIn", seconds=1, count=1)
    with pytest.raises(FloodWait, match="rest for 1 s"):
        await enter_code(deps, ADMIN, begun.id, careful.code)
    sandbox.faults.clear()

    assert (await enter_code(deps, ADMIN, begun.id, careful.code)).question is Question.PASSWORD


async def test_the_code_comes_in_another_way(deps: Deps, begun: LoginStep, careful: Account, sandbox: Sandbox) -> None:
    """Telegram sends it in its app first; where it has no other way, the log-in goes on all the same."""
    assert begun.sent_by is SentBy.APP
    assert (await resend_code(deps, ADMIN, begun.id)).sent_by is SentBy.SMS
    sandbox.faults.add("error", method="auth.ResendCode", error="SEND_CODE_UNAVAILABLE")
    with pytest.raises(LoginFailed, match="no other way"):
        await resend_code(deps, ADMIN, begun.id)

    asked = await enter_code(deps, ADMIN, begun.id, careful.code)
    assert (asked.question, asked.sent_by) == (Question.PASSWORD, None)
    with pytest.raises(Conflict, match="waits for the password"):
        await resend_code(deps, ADMIN, begun.id)


async def test_a_name_of_somebody_else_is_refused(deps: Deps, town: Town, sandbox: Sandbox) -> None:
    """The session that cannot be stored is ended at Telegram, so that none is left that nobody knows."""
    for person, refusal in ((town.operator, None), (town.editor, "belongs to another Telegram user")):
        step = await begin_login(deps, ADMIN, "main", f"+{person.phone}")
        if refusal is None:
            await enter_code(deps, ADMIN, step.id, person.code)
            continue
        with pytest.raises(InvalidInput, match=refusal):
            await enter_code(deps, ADMIN, step.id, person.code)

    assert sandbox.requests("auth.LogOut", town.operator) == 0
    assert sandbox.requests("auth.LogOut", town.editor) == 1


async def test_a_bot_is_logged_in_at_once(deps: Deps, town: Town) -> None:
    """By its token in place of a phone number; a wrong token takes no place."""
    bot = town.world.add_bot("copy_bot")

    done = await begin_login(deps, ADMIN, "main", bot.token)

    assert (done.question, done.stored and done.stored.kind) == (None, "bot")


@pytest.mark.parametrize("name", ["", " main", "a/b", "x" * 65])
async def test_a_name_that_cannot_be_used_is_refused(deps: Deps, name: str) -> None:
    """Before Telegram is asked anything."""
    with pytest.raises(InvalidInput, match="name has 1 to 64"):
        await begin_login(deps, ADMIN, name, "+9996620009")
