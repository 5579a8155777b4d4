"""What a browser holds."""

from datetime import timedelta

import pytest
from httpx import ASGITransport, AsyncClient

from tests.web.people import Browser
from tgforward.db.session import reading
from tgforward.db.web_sessions import add_web_session
from tgforward.db.web_users import load_web_user_named
from tgforward.services.deps import Deps
from tgforward.services.vault import open_vault
from tgforward.services.web_secrets import hash_token, new_token
from tgforward.settings import Settings
from tgforward.web.app import create_app

pytestmark = pytest.mark.usefixtures("people")


async def test_behind_https_the_cookie_is_for_this_host_and_encrypted_only(
    web_settings: Settings, web_deps: Deps
) -> None:
    """By its name browsers know that no neighbour may set it; one that was planted in clear is not looked at."""
    settings = web_settings.model_copy(update={"web_url": "https://console.example"})
    deps = Deps(settings, web_deps.session_factory, web_deps.redis, open_vault(settings), None)
    client = AsyncClient(transport=ASGITransport(create_app(deps)), base_url="https://console.example")
    browser = Browser(client)

    answer = await browser.log_in("viewer")

    name, *flags = answer.headers["set-cookie"].split("; ")
    assert name.startswith("__Host-tgforward=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=lax"} <= set(flags)
    assert not any(flag.startswith("Domain") for flag in flags)
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    held = client.cookies["__Host-tgforward"]
    assert (await browser.open("/")).status_code == 200
    client.cookies.clear()
    client.cookies.set("tgforward", held, domain="console.example")
    assert (await browser.open("/")).status_code == 303


async def test_a_session_ends(browser: Browser, web_deps: Deps) -> None:
    """When its time is over, whatever the browser still holds."""
    async with reading(web_deps.session_factory) as session:
        user = await load_web_user_named(session, "viewer")
    assert user is not None
    for left, status in ((timedelta(hours=1), 200), (timedelta(0), 303)):
        token, end = new_token(), web_deps.clock.now() + left
        async with web_deps.session_factory.begin() as session:
            await add_web_session(session, token_hash=hash_token(token), web_user_id=user.id, expires_at=end)
        browser.client.cookies.clear()
        browser.client.cookies.set("tgforward", token, domain="127.0.0.1")
        assert (await browser.open("/")).status_code == status
