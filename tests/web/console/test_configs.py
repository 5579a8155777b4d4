"""The pages of configs and of what failed."""

import re
from html import unescape

import pytest

from tests.db.build import make_account, make_config, make_dead
from tests.web.conftest import TENANT_OF
from tests.web.people import Browser
from tgforward.db.configs import load_config
from tgforward.db.models.config import ConfigState
from tgforward.db.session import reading
from tgforward.queue.depth import is_pending
from tgforward.services.deps import Deps
from tgforward.types import AccountId, ConfigId

pytestmark = pytest.mark.usefixtures("people")


@pytest.fixture
async def account_id(web_deps: Deps) -> AccountId:
    """The account of all configs."""
    return await make_account(web_deps.session_factory)


@pytest.fixture
async def numbers(web_deps: Deps, account_id: AccountId) -> list[ConfigId]:
    """One of the tenant, one of nobody."""
    return [await make_config(web_deps.session_factory, account_id, owner) for owner in (TENANT_OF, None)]


async def states(deps: Deps, numbers: list[ConfigId]) -> list[ConfigState]:
    async with reading(deps.session_factory) as session:
        rows = [await load_config(session, config_id) for config_id in numbers]
    return [row.state for row in rows if row is not None]


async def test_those_that_are_ticked_are_paused_and_resumed(
    browser: Browser, web_deps: Deps, numbers: list[ConfigId]
) -> None:
    """All of them, and the page one came from is shown again."""
    await browser.log_in("operator")
    here = "/configs?state=active"
    answer = await browser.send("/configs/pause", page="/configs", config_id=numbers, next=here)
    assert (answer.status_code, answer.headers["location"]) == (303, here)
    assert await states(web_deps, numbers) == [ConfigState.PAUSED] * 2
    assert "There is no config here." in (await browser.open(here)).text
    await browser.send("/configs/resume", page="/configs", config_id=numbers)
    assert await states(web_deps, numbers) == [ConfigState.ACTIVE] * 2


async def test_what_is_not_there_stops_nothing(browser: Browser, web_deps: Deps, numbers: list[ConfigId]) -> None:
    """One number that does not exist, and all stay as they are; the page says which."""
    await browser.log_in("operator")
    answer = await browser.send("/configs/pause", page="/configs", config_id=[*numbers, 99])
    assert answer.status_code == 404
    assert "there is no config 99" in answer.text
    assert await states(web_deps, numbers) == [ConfigState.ACTIVE] * 2


async def test_a_config_runs_now(browser: Browser, web_deps: Deps, numbers: list[ConfigId]) -> None:
    """It stands in its lane, and as long as no worker takes it, it is overdue; how far it is behind nobody knows."""
    await browser.log_in("operator")
    page = f"/configs/{numbers[0]}"
    assert (await browser.send(f"{page}/run", page=page)).headers["location"] == page
    assert await is_pending(web_deps.redis, numbers[0])
    assert "overdue for 1 s" in (await browser.open(page)).text
    assert "overdue for 1 s" in (await browser.open("/configs")).text
    assert "\N{EN DASH}" in (await browser.open(f"{page}/lag")).text


async def test_a_viewer_is_shown_no_button(browser: Browser, numbers: list[ConfigId]) -> None:
    """Nor let through."""
    await browser.log_in("viewer")
    for address in ("/configs", f"/configs/{numbers[0]}", "/dead"):
        page = (await browser.open(address)).text
        assert re.findall(r'method="post" action="([^"]+)"', page) == ["/language", "/logout"]
    assert (await browser.send(f"/configs/{numbers[0]}/pause", page="/configs")).status_code == 403


async def test_a_tenant_sees_their_own(
    browser: Browser, web_deps: Deps, numbers: list[ConfigId], account_id: AccountId
) -> None:
    """Neither the others' configs nor what failed for them."""
    own, other = [await make_dead(web_deps.session_factory, number, account_id, number, "gone") for number in numbers]
    await browser.log_in("tenant")
    listed = (await browser.open("/configs")).text
    assert f'href="/configs/{numbers[0]}"' in listed
    assert f'href="/configs/{numbers[1]}"' not in listed
    assert (await browser.open(f"/configs/{numbers[1]}")).status_code == 404
    dead = (await browser.open("/dead")).text
    assert f'name="delivery_id" value="{own}"' in dead
    assert f'value="{other}"' not in dead
    assert (await browser.send("/dead/drop", page="/dead", delivery_id=other, next="/dead")).status_code == 404


async def test_what_failed_is_forgotten(
    browser: Browser, web_deps: Deps, numbers: list[ConfigId], account_id: AccountId
) -> None:
    """With one click and a question; nowhere but to a page of ours one is led afterwards."""
    number = await make_dead(web_deps.session_factory, numbers[0], account_id, 5, "gone: MESSAGE_ID_INVALID")
    await browser.log_in("operator")
    assert "gone: MESSAGE_ID_INVALID" in (await browser.open(f"/configs/{numbers[0]}")).text
    answer = await browser.send("/dead/drop", page="/dead", delivery_id=number, next="https://elsewhere.example/")
    assert answer.headers["location"] == "/"
    assert "Nothing failed for good." in (await browser.open("/dead")).text


async def test_a_removed_config_is_gone(browser: Browser, numbers: list[ConfigId]) -> None:
    """Its page too."""
    await browser.log_in("operator")
    page = f"/configs/{numbers[0]}"
    answer = await browser.send(f"{page}/remove", page=page)
    assert answer.headers["location"] == "/configs"
    assert (await browser.open(page)).status_code == 404


async def test_pages_follow_each_other(browser: Browser, web_deps: Deps, account_id: AccountId) -> None:
    """Fifty at a time, each once."""
    made = [await make_config(web_deps.session_factory, account_id) for _ in range(51)]
    await browser.log_in("viewer")
    first = (await browser.open("/configs")).text
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following is not None
    second = (await browser.open(unescape(following[1]))).text
    assert [f'href="/configs/{number}"' in first for number in made] == [True] * 50 + [False]
    assert [f'href="/configs/{number}"' in second for number in made] == [False] * 50 + [True]
