"""Logging in, with right and wrong answers."""

from collections.abc import Sequence

import pytest

from tgforward.errors import ApiIdInvalid, LoginFailed
from tgforward.sandbox.server import Sandbox
from tgforward.sandbox.world.accounts import Account
from tgforward.sandbox.world.world import World
from tgforward.telegram.connection import Connection, open_connection
from tgforward.telegram.login import LoggedIn, login, who_am_i
from tgforward.telegram.server import TelegramServer


class Person:
    """Types the given answers one after the other."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)

    def __call__(self) -> str:
        return self.answers.pop(0)


def nobody() -> str:
    raise AssertionError("was asked")


class Desk:
    """Logs in at the sandbox."""

    def __init__(self, sandbox: Sandbox, server: TelegramServer) -> None:
        self.sandbox = sandbox
        self.server = server

    async def login(
        self, phone: str, codes: Sequence[str] = (), passwords: Sequence[str] = (), api_id: int | None = None
    ) -> LoggedIn:
        return await login(
            self.server,
            api_id or self.sandbox.api_id,
            self.sandbox.api_hash,
            ask_phone=Person(phone),
            ask_code=Person(*codes) if codes else nobody,
            ask_password=Person(*passwords) if passwords else nobody,
        )


@pytest.fixture
def desk(sandbox: Sandbox, server: TelegramServer) -> Desk:
    """The log-in."""
    return Desk(sandbox, server)


async def test_phone_and_code_make_a_session_that_works(desk: Desk, sandbox: Sandbox, anna: Account) -> None:
    """The session opens a connection of the person whose phone it was."""
    found = await desk.login(f"+{anna.phone[:5]} {anna.phone[5:]}", [sandbox.login_code(anna)])

    assert (found.user_id, found.name, found.is_bot, found.username) == (anna.id, "Anna", False, "anna_ko")
    assert found.session not in repr(found)
    async with open_connection(
        found.session, api_id=sandbox.api_id, api_hash=sandbox.api_hash, server=desk.server
    ) as conn:
        assert (await who_am_i(conn)).user_id == anna.id


async def test_questions_may_be_asynchronous(sandbox: Sandbox, server: TelegramServer, anna: Account) -> None:
    """A web page asks differently from a terminal."""

    async def phone() -> str:
        return f"+{anna.phone}"

    async def code() -> str:
        return sandbox.login_code(anna)

    found = await login(server, sandbox.api_id, sandbox.api_hash, ask_phone=phone, ask_code=code, ask_password=nobody)

    assert found.user_id == anna.id


async def test_the_two_step_password_is_asked_for_when_there_is_one(desk: Desk, world: World) -> None:
    """Two wrong passwords are forgiven."""
    careful = world.add_user("Carl", password="correct horse")

    found = await desk.login(careful.phone, [careful.code], ["wrong", "", "correct horse"])

    assert found.user_id == careful.id


async def test_three_wrong_passwords_end_the_log_in(desk: Desk, world: World) -> None:
    """The sentence says how often; the passwords are not repeated."""
    careful = world.add_user("Carl", password="correct horse")

    with pytest.raises(LoginFailed, match="password was wrong 3 times") as caught:
        await desk.login(careful.phone, [careful.code], ["battery", "battery", "battery"])
    assert "battery" not in str(caught.value)


async def test_wrong_codes_are_forgiven_twice(desk: Desk, anna: Account) -> None:
    """The third code counts."""
    assert (await desk.login(anna.phone, ["77777", "", anna.code])).user_id == anna.id

    with pytest.raises(LoginFailed, match="code was wrong 3 times"):
        await desk.login(anna.phone, ["77777", "88888", "99999"])


@pytest.mark.parametrize("phone", ["+999", "+4912345678901"])
async def test_a_phone_number_that_nobody_has_is_refused(desk: Desk, phone: str) -> None:
    """The sentence does not repeat the number."""
    with pytest.raises(LoginFailed, match="phone number") as caught:
        await desk.login(phone, ["00000"] * 3)
    assert phone.lstrip("+") not in str(caught.value)


async def test_what_is_no_phone_number_is_not_even_sent(desk: Desk, sandbox: Sandbox) -> None:
    """Words are refused here."""
    with pytest.raises(LoginFailed, match="no phone number"):
        await desk.login("Anna", ["00000"])
    assert sandbox.requests("auth.SendCode") == 0


async def test_a_bot_logs_in_by_its_token(desk: Desk, world: World) -> None:
    """A token in place of the phone number is enough."""
    bot = world.add_bot("copy_bot")

    found = await desk.login(bot.token)

    assert (found.user_id, found.is_bot, found.username) == (bot.id, True, "copy_bot")


async def test_a_wrong_token_is_refused(desk: Desk) -> None:
    """The sentence says where to get one, and does not repeat the token."""
    with pytest.raises(LoginFailed, match="@BotFather") as caught:
        await desk.login("123:nonsense")
    assert "nonsense" not in str(caught.value)


async def test_a_wrong_api_id_is_a_setting_to_mend(desk: Desk, anna: Account) -> None:
    """It is told apart from a wrong phone number."""
    with pytest.raises(ApiIdInvalid):
        await desk.login(anna.phone, [anna.code], api_id=999)


async def test_the_account_says_who_it_is(conn: Connection, anna: Account) -> None:
    """Id, name and public name of the session's owner."""
    me = await who_am_i(conn)

    assert (me.user_id, me.name, me.username, me.is_bot) == (anna.id, "Anna", "anna_ko", False)
