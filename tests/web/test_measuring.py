"""What is counted of requests."""

import pytest
from httpx import AsyncClient

from tests.metrics.scrape import shown
from tests.web.people import Browser
from tgforward.services.deps import Deps

COUNT = "tgforward_web_requests_total"


@pytest.mark.usefixtures("people")
async def test_answers_are_counted_by_who_gives_them(web_deps: Deps, browser: Browser) -> None:
    """Pages by the function behind them, whatever number is in the path; files and what nobody answers as one each."""
    await browser.log_in("admin")
    for number in range(20):
        await browser.client.get(f"/configs/{number + 1}")
        await browser.client.get(f"/nowhere/{number}")
    await browser.client.get("/static/console.css")

    seen = shown(web_deps.metrics)
    routes = {sample.labels["route"] for sample in seen.samples(COUNT)}
    (page,) = {route for route in routes if route.startswith("console.config.")}
    assert seen.value(COUNT, route=page, status="404") == 20
    assert seen.value(COUNT, route="none", status="404") == 20
    assert seen.value(COUNT, route="static", status="200") == 1
    assert seen.value("tgforward_web_request_seconds_count", route=page) == 20
    assert not any(mark in route for route in routes for mark in "/{1")


async def test_what_the_gate_refuses_is_counted(web_deps: Deps, client: AsyncClient) -> None:
    """A forged host, and a caller whom nobody knows."""
    await client.get("/", headers={"Host": "evil.example"})
    await client.get("/api/v1/configs")

    seen = shown(web_deps.metrics)
    assert seen.value(COUNT, route="none", status="400") == 1
    (refused,) = seen.samples(COUNT, status="401")
    assert refused.labels["route"].startswith("api.configs.")
