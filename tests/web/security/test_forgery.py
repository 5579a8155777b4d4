"""Requests that another site has a browser send."""

from collections.abc import Mapping

import pytest
from httpx import AsyncClient

from tests.web.people import HTML, PASSWORD, Browser
from tests.web.security.test_matrix import ask, csrf_of, routes
from tgforward.services.deps import Deps
from tgforward.services.web_login import who_holds
from tgforward.services.web_secrets import csrf_token
from tgforward.web.app import App

pytestmark = pytest.mark.usefixtures("people")


@pytest.fixture
def db_url(sqlite_url: str) -> str:
    """What is refused here is refused before anything is stored."""
    return sqlite_url


@pytest.fixture
async def writing(app: App, browser: Browser) -> list[str]:
    """Every route that changes something; the browser is an administrator's."""
    await browser.log_in("admin")
    return [route for route in routes(app) if not route.startswith("GET ")]


@pytest.mark.parametrize("form", [{}, {"X-CSRF-Token": ""}, {"X-CSRF-Token": csrf_token("another")}])
async def test_nothing_changes_by_the_cookie_alone(
    writing: list[str], client: AsyncClient, form: Mapping[str, str]
) -> None:
    """Neither a page's form nor the API takes a session without its own token of the forms."""
    found = {route: (await ask(client, route, form)).status_code for route in writing}

    assert len(found) > 40
    assert {route: status for route, status in found.items() if status != 403} == {}


async def test_a_token_of_the_log_in_page_is_worth_nothing_after_it(browser: Browser, client: AsyncClient) -> None:
    """Whoever planted a cookie, and so knows its token, cannot send forms in the name of who logged in."""
    client.cookies.set("tgforward", "planted", domain="127.0.0.1")
    planted = csrf_token("planted")
    log_in = {"name": "admin", "password": PASSWORD, "csrf": planted}
    assert (await client.post("/login", data=log_in, headers=HTML)).status_code == 303

    assert (await client.post("/logout", data={"csrf": planted}, headers=HTML)).status_code == 403
    assert (await client.post("/logout", headers={**HTML, "X-CSRF-Token": csrf_of(browser)})).status_code == 303


async def test_nobody_is_logged_in_by_a_form_from_elsewhere(
    client: AsyncClient, browser: Browser, web_deps: Deps
) -> None:
    """The log-in form too carries a token, or somebody would work in another one's name without knowing."""
    answer = await client.post("/login", data={"name": "admin", "password": PASSWORD}, headers=HTML)

    assert answer.status_code == 403
    assert await who_holds(web_deps, str(browser.cookie)) is None


async def test_a_token_of_a_program_needs_no_form(program: AsyncClient) -> None:
    """No browser sends it by itself."""
    assert (await program.post("/api/v1/users", json={"id": "5", "days": 1})).status_code == 201
