"""Logging in and out with a browser."""

from urllib.parse import quote

import pytest
from httpx import AsyncClient

from tests.web.people import HTML, PASSWORD, Browser
from tgforward.services.deps import Deps
from tgforward.services.web_login import who_holds
from tgforward.services.web_users import change_password, disable_web_user

pytestmark = pytest.mark.usefixtures("people")


async def test_a_password_lets_in(browser: Browser) -> None:
    """Name and password lead to the page that was asked for, and its forms work from there."""
    asked = await browser.open("/?a=1")
    assert (asked.status_code, asked.headers["location"]) == (303, f"/login?next={quote('/?a=1', safe='')}")

    answer = await browser.send("/login", name="Viewer ", password=PASSWORD, next="/?a=1")

    assert (answer.status_code, answer.headers["location"]) == (303, "/?a=1")
    assert (await browser.open("/")).status_code == 200


async def test_a_wrong_password_does_not(browser: Browser) -> None:
    """A wrong password and an unknown name read the same, and lead nowhere."""
    answers = [await browser.log_in("viewer", "wrong"), await browser.log_in("nobody", "wrong")]

    assert [answer.status_code for answer in answers] == [401, 401]
    assert all("name or password is wrong" in answer.text for answer in answers)
    assert (await browser.open("/")).status_code == 303


async def test_the_session_is_a_new_one(browser: Browser, web_deps: Deps) -> None:
    """What the browser held before its log-in, perhaps planted by somebody else, opens nothing afterwards."""
    browser.client.cookies.set("tgforward", "planted", domain="127.0.0.1")
    await browser.log_in("viewer")

    assert browser.cookie not in (None, "planted")
    assert await who_holds(web_deps, "planted") is None
    first = str(browser.cookie)
    await browser.log_in("admin")
    assert await who_holds(web_deps, first) is None


async def test_the_cookie_is_kept_from_scripts_and_other_sites(browser: Browser) -> None:
    """It is HttpOnly, SameSite, and never the one that stands in the database."""
    answer = await browser.log_in("viewer")

    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(answer.headers["set-cookie"].split("; "))


async def test_logging_out_ends_the_session(browser: Browser, web_deps: Deps) -> None:
    """The cookie is worthless afterwards, also to who copied it."""
    await browser.log_in("viewer")
    held = str(browser.cookie)
    await browser.send("/logout", page="/")

    assert await who_holds(web_deps, held) is None


async def test_a_new_password_and_being_disabled_end_sessions(browser: Browser, web_deps: Deps) -> None:
    """Every browser of that web user has to log in again, or cannot."""
    await browser.log_in("viewer")
    await change_password(web_deps, "viewer", "another password", actor="test")
    assert (await browser.open("/")).status_code == 303

    await browser.log_in("viewer", "another password")
    await disable_web_user(web_deps, "viewer", is_disabled=True, actor="test")
    assert (await browser.open("/")).status_code == 303
    assert (await browser.log_in("viewer", "another password")).status_code == 401


@pytest.mark.parametrize(
    "address", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
async def test_the_log_in_leads_nowhere_else(browser: Browser, address: str) -> None:
    """A link to the log-in cannot send people to another site."""
    answer = await browser.send("/login", name="viewer", password=PASSWORD, next=address)

    assert answer.headers["location"] == "/"


async def test_passwords_are_tried_a_few_times_only(browser: Browser) -> None:
    """After five wrong ones even the right one has to wait, and others may still log in from there."""
    for _ in range(5):
        await browser.log_in("viewer", "wrong")
    refused = await browser.log_in("viewer")

    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= 301
    assert (await browser.log_in("operator")).status_code == 303


async def test_a_forged_form_changes_nothing(browser: Browser, client: AsyncClient) -> None:
    """Without the token of its session, or with that of another one, a form is refused."""
    await browser.log_in("viewer")
    for fields in ({}, {"csrf": "f" * 64}):
        assert (await client.post("/logout", data=fields, headers=HTML)).status_code == 403

    assert (await browser.open("/")).status_code == 200
