"""Configs by the API."""

from datetime import timedelta

import pytest
from httpx import AsyncClient

from tests.db.build import make_account, make_config
from tests.web.conftest import TENANT_OF
from tgforward.db.configs import load_config
from tgforward.db.models import Role
from tgforward.db.runs import NewRun, record_runs
from tgforward.db.session import reading
from tgforward.services.deps import Deps
from tgforward.services.web_access import SCOPES
from tgforward.services.web_tokens import add_token
from tgforward.types import ConfigId, MessageId

API = "/api/v1"


@pytest.fixture
async def numbers(web_deps: Deps, program: AsyncClient) -> list[ConfigId]:
    """Three configs, the first of the tenant."""
    account_id = await make_account(web_deps.session_factory)
    owners = (TENANT_OF, None, None)
    return [await make_config(web_deps.session_factory, account_id, owner) for owner in owners]


@pytest.fixture
async def tenant(client: AsyncClient, web_deps: Deps, numbers: list[ConfigId]) -> AsyncClient:
    """A tenant's program."""
    made = await add_token(web_deps, "t", "tenant", SCOPES[Role.TENANT], lasting=None, actor="test")
    client.headers["Authorization"] = f"Bearer {made.token}"
    return client


async def test_a_list_goes_on_where_its_cursor_says(program: AsyncClient, numbers: list[ConfigId]) -> None:
    """Until there is none."""
    first = (await program.get(f"{API}/configs", params={"limit": 2})).json()
    second = (await program.get(f"{API}/configs", params={"limit": 2, "cursor": first["next_cursor"]})).json()

    assert [item["id"] for item in first["items"] + second["items"]] == numbers
    assert second["next_cursor"] is None


async def test_what_is_changed_is_stored(program: AsyncClient, web_deps: Deps, numbers: list[ConfigId]) -> None:
    """And what is left out stays."""
    answer = await program.patch(f"{API}/configs/{numbers[0]}", json={"interval_second": 60, "cut_word": "ad"})

    assert answer.json() == {"id": numbers[0], "warnings": []}
    shown = (await program.get(f"{API}/configs/{numbers[0]}")).json()
    assert (shown["interval_second"], shown["cut_word"], shown["user_id"]) == (60, "ad", TENANT_OF)
    async with reading(web_deps.session_factory) as session:
        row = await load_config(session, numbers[0])
    assert row is not None
    assert row.version == shown["version"] == 2


async def test_what_waits_is_overdue(program: AsyncClient, web_deps: Deps, numbers: list[ConfigId]) -> None:
    """On a page and alone; how far it is behind nobody knows without a worker."""
    await program.post(f"{API}/configs/run", json={"ids": numbers[:1]})

    items = (await program.get(f"{API}/configs", params={"with_lag": True})).json()["items"]
    assert [item["overdue_s"] is not None for item in items] == [True, False, False]
    assert items[0]["overdue_s"] >= 0
    assert {item["lag"] for item in items} == {None}
    alone = (await program.get(f"{API}/configs/{numbers[0]}")).json()
    assert alone.pop("overdue_s") >= items[0].pop("overdue_s")
    assert alone == items[0]


async def test_a_history_on_its_way_says_how_long_it_will_go_on(
    program: AsyncClient, web_deps: Deps, numbers: list[ConfigId]
) -> None:
    """A thousand messages a second and 500 left; nothing is known of the others."""
    began = web_deps.clock.now() - timedelta(seconds=1)
    async with web_deps.session_factory.begin() as session:
        row = await load_config(session, numbers[1])
        assert row is not None
        assert row.account_id is not None
        row.history_floor, row.history_top, row.history_cursor = MessageId(0), MessageId(1500), MessageId(1000)
        row.history_total = 1500
        await record_runs(session, [NewRun(row.id, row.account_id, began, timedelta(seconds=1), history=1000)])

    shown = (await program.get(f"{API}/configs")).json()["items"]
    assert [item["history_left_s"] for item in shown] == [None, pytest.approx(0.5, rel=0.9), None]


@pytest.mark.parametrize(
    "body",
    [{"interval_second": None}, {"interval_second": 0}, {"nonsense": 1}, {"rules": {"nonsense": 1}}, {}, [], "x"],
)
async def test_a_wrong_change_is_a_problem(program: AsyncClient, numbers: list[ConfigId], body: object) -> None:
    """Which says what is wrong; nothing is stored."""
    answer = await program.patch(f"{API}/configs/{numbers[0]}", json=body)

    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert answer.json()["detail"]


async def test_many_are_stopped_and_resumed_or_none(program: AsyncClient, numbers: list[ConfigId]) -> None:
    """One that does not exist keeps the others as they are."""
    refused = await program.post(f"{API}/configs/pause", json={"ids": [*numbers, 999]})
    assert refused.status_code == 404
    assert {item["state"] for item in (await program.get(f"{API}/configs")).json()["items"]} == {"active"}

    assert (await program.post(f"{API}/configs/pause", json={"ids": numbers})).status_code == 204
    assert {item["state"] for item in (await program.get(f"{API}/configs")).json()["items"]} == {"paused"}

    assert (await program.post(f"{API}/configs/{numbers[0]}/resume")).status_code == 204
    found = (await program.get(f"{API}/configs", params={"state": "active"})).json()
    assert [item["id"] for item in found["items"]] == [numbers[0]]


async def test_a_removed_config_is_gone(program: AsyncClient, numbers: list[ConfigId]) -> None:
    """With all that was known of it."""
    assert (await program.delete(f"{API}/configs/{numbers[0]}")).status_code == 204

    assert (await program.get(f"{API}/configs/{numbers[0]}")).status_code == 404


async def test_a_tenant_sees_and_tunes_only_their_own(tenant: AsyncClient, numbers: list[ConfigId]) -> None:
    """Others do not exist for them, and where theirs lead is not theirs to say."""
    found = (await tenant.get(f"{API}/configs", params={"user_id": "7"})).json()
    assert [item["id"] for item in found["items"]] == [numbers[0]]
    own, other = f"{API}/configs/{numbers[0]}", f"{API}/configs/{numbers[1]}"

    assert (await tenant.patch(own, json={"interval_second": 60})).status_code == 200
    for change in ({"dest": "@elsewhere"}, {"user_id": None}, {"account": "main"}, {"dest_topic_id": 5}):
        assert (await tenant.patch(own, json=change)).status_code == 403
    assert (await tenant.patch(own, json={"rules": {"send": {"send_as": -1007}}})).status_code == 403
    assert (await tenant.patch(other, json={"interval_second": 60})).status_code == 404
    assert (await tenant.post(f"{other}/pause")).status_code == 404
    assert (await tenant.get(f"{other}/runs")).status_code == 404
    assert (await tenant.get(f"{API}/dead", params={"config_id": numbers[1]})).status_code == 404
    assert (await tenant.get(f"{API}/dead")).json()["items"] == []
