"""The stream that tells pages to look again."""

import asyncio

import pytest
from starlette.requests import Request

from tests.web.people import Browser
from tgforward.db.audit import record_change
from tgforward.services.deps import Deps
from tgforward.web.app import App
from tgforward.web.console.live import changes

pytestmark = pytest.mark.usefixtures("people")


async def test_a_change_is_told(app: App, web_deps: Deps) -> None:
    """An event comes after something happened, and none before."""
    stream = changes(Request({"type": "http", "app": app}), look_every_s=0.02)
    async with asyncio.timeout(20):
        told = [await anext(stream), await anext(stream)]
        async with web_deps.session_factory.begin() as session:
            await record_change(session, actor="me", action="config.edit", target="1", detail={})
        told.append(await anext(stream))
    assert told == ["retry: 2000\n\n", ": nothing new\n\n", "event: changed\ndata: \n\n"]
    await stream.aclose()


async def test_only_who_is_logged_in_hears_it(browser: Browser) -> None:
    """Others are sent to the log-in."""
    assert (await browser.open("/live")).status_code == 303
