"""No page leads nowhere."""

import re
from html import unescape

import pytest

from tests.db.build import make_account, make_config, make_dead
from tests.web.people import Browser
from tgforward.services.deps import Deps
from tgforward.services.users import add_user

pytestmark = pytest.mark.usefixtures("people")

LINK = re.compile(r'(?:href|hx-get|src)="(/[^"]*)"')
MANY = re.compile(r"/configs/(?:[5-9]|\d\d)")  # all configs look alike
LIVE = "/live"  # a stream, which does not end


@pytest.fixture
def db_url(sqlite_url: str) -> str:
    """Links are the same everywhere."""
    return sqlite_url


async def test_every_link_leads_to_a_page(browser: Browser, web_deps: Deps) -> None:
    """From the overview on, whatever an administrator can click."""
    factory = web_deps.session_factory
    account_id = await make_account(factory, "main account")
    for number in range(1, 121):
        await make_dead(factory, await make_config(factory, account_id), account_id, number, "gone")
    await add_user(web_deps, "5", actor="test")
    await browser.log_in("admin")
    todo, seen, wrong = ["/"], {LIVE}, {}
    while todo:
        address = todo.pop()
        answer = await browser.open(address)
        if answer.status_code != 200:
            wrong[address] = answer.status_code
        found = {unescape(link) for link in LINK.findall(answer.text)} - seen
        seen |= found
        todo += sorted(link for link in found if not MANY.match(link))
    assert wrong == {}
    assert len(seen) > 30
