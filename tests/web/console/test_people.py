"""The pages of accounts, users, tokens and the audit log."""

import re

import pytest

from tests.db.build import make_account, make_config
from tests.fixtures.town import Town
from tests.web.console.conftest import logged_in
from tests.web.people import Browser
from tgforward.sandbox.server import Sandbox
from tgforward.services.deps import Deps
from tgforward.services.web_tokens import who_bears

pytestmark = pytest.mark.usefixtures("people")

PASSWORD = "correct horse"


@pytest.fixture
def db_url(sqlite_url: str) -> str:
    """What is stored is stored by the services: one kind of database is enough."""
    return sqlite_url


async def test_an_account_logs_in_by_code_and_password(town_deps: Deps, sandbox: Sandbox, town: Town) -> None:
    """Step by step; a wrong answer may be repeated, and no page shows what was typed."""
    careful = town.world.add_user("Carl", phone="+9996620009", password=PASSWORD)
    admin = await logged_in(town_deps, "admin")
    begun = await admin.send("/account-logins/new", page="/account-logins/new", account="main", phone="+9996620009")
    page = begun.headers["location"]
    assert "Code" in (await admin.open(page)).text
    wrong = await admin.send(f"{page}/code", page=page, code="00000")
    assert wrong.status_code == 422
    assert "tries are left" in wrong.text
    await admin.send(f"{page}/code", page=page, code=careful.code)
    asked = (await admin.open(page)).text
    assert 'type="password"' in asked
    assert "9996620009" not in asked
    answer = await admin.send(f"{page}/password", page=page, password=PASSWORD)
    assert answer.headers["location"] == "/accounts"
    assert "main" in (await admin.open("/accounts")).text
    assert (await admin.open(page)).status_code == 404


async def test_a_log_in_goes_on_after_a_flood_wait(town_deps: Deps, sandbox: Sandbox, town: Town) -> None:
    """The page says how long to wait and asks again; the code may come in another way."""
    admin = await logged_in(town_deps, "admin")
    begun = await admin.send("/account-logins/new", page="/account-logins/new", account="main", phone="+9996620001")
    page = begun.headers["location"]
    sandbox.faults.add("error", method="auth.SignIn", error="FLOOD_WAIT_42")
    refused = await admin.send(f"{page}/code", page=page, code="1")
    assert refused.status_code == 503
    assert "42" in refused.text
    assert f'action="{page}/code"' in refused.text
    assert (await admin.send(f"{page}/resend", page=page)).headers["location"] == page
    assert "by SMS" in (await admin.open(page)).text
    sandbox.faults.add("error", method="auth.ResendCode", error="SEND_CODE_UNAVAILABLE")
    unavailable = await admin.send(f"{page}/resend", page=page)
    assert "no other way" in unavailable.text
    assert f'action="{page}/code"' in unavailable.text


async def test_a_log_in_is_given_up(town_deps: Deps, town: Town) -> None:
    """Its page is gone then."""
    admin = await logged_in(town_deps, "admin")
    begun = await admin.send("/account-logins/new", page="/account-logins/new", account="main", phone="+9996620001")
    page = begun.headers["location"]
    await admin.send(f"{page}/cancel", page=page)
    assert (await admin.open(page)).status_code == 404


async def test_a_number_that_telegram_does_not_know_is_said(town_deps: Deps, town: Town) -> None:
    """The name that was typed stands there still."""
    admin = await logged_in(town_deps, "admin")
    answer = await admin.send("/account-logins/new", page="/account-logins/new", account="main", phone="nonsense")
    assert answer.status_code == 422
    assert 'value="main"' in answer.text


async def test_an_account_stops_goes_on_and_is_forgotten(browser: Browser, web_deps: Deps) -> None:
    """Not while configs use it."""
    account_id = await make_account(web_deps.session_factory)
    other = await make_account(web_deps.session_factory, "other")
    await make_config(web_deps.session_factory, other)
    await browser.log_in("admin")
    await browser.send("/accounts/main/pause", page="/accounts")
    assert "paused by a person" in (await browser.open("/accounts")).text
    await browser.send("/accounts/main/resume", page="/accounts")
    assert "paused by a person" not in (await browser.open("/accounts")).text
    assert (await browser.send("/accounts/other/remove", page="/accounts")).status_code == 422
    await browser.send("/accounts/main/remove", page="/accounts")
    shown = (await browser.open("/accounts")).text
    assert f'<td class="number">{account_id}</td>' not in shown
    assert f'<td class="number">{other}</td>' in shown


async def test_a_user_gets_more_time_and_it_stands_in_the_audit_log(browser: Browser, web_deps: Deps) -> None:
    """With who did it."""
    await browser.log_in("admin")
    await browser.send("/users", page="/users", user_id="5", days="3")
    await browser.send("/users/5/extend", page="/users", days="4")
    assert "No user is registered" not in (await browser.open("/users")).text
    log = (await browser.open("/audit?action=user&target=5")).text
    assert re.findall(r"<code>(user\.\w+)</code>", log) == ["user.extend", "user.add"]
    assert "web:admin" in log
    assert "Nobody has changed anything like that." in (await browser.open("/audit?action=config")).text
    await browser.send("/users/5/remove", page="/users")
    assert "/users/5/" not in (await browser.open("/users")).text


async def test_a_token_is_shown_once_and_can_be_revoked(browser: Browser, web_deps: Deps) -> None:
    """It does what was ticked; without a tick there is none."""
    await browser.log_in("viewer")
    assert (await browser.send("/tokens", page="/tokens", name="n")).status_code == 422
    made = await browser.send("/tokens", page="/tokens", name="n", scope=["configs:read", "audit:read"], days="1")
    token = re.search(r'class="token">([^<]+)<', made.text)
    assert token is not None
    bearer = await who_bears(web_deps, token[1])
    assert bearer is not None
    assert sorted(bearer.scopes) == ["audit:read", "configs:read"]
    page = (await browser.open("/tokens")).text
    assert token[1] not in page
    revoke = re.search(r'action="(/tokens/\d+/revoke)"', page)
    assert revoke is not None
    await browser.send(revoke[1], page="/tokens")
    assert await who_bears(web_deps, token[1]) is None
