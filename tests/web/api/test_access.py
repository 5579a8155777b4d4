"""Tokens, users, accounts, runs, figures and the audit log by the API."""

import pytest
from httpx import AsyncClient

from tests.db.build import make_account, make_config
from tests.web.conftest import TENANT_OF
from tgforward.db.models.sample import SPAN_S
from tgforward.db.samples import Sample, record_sample
from tgforward.services.deps import Deps

API = "/api/v1"


async def test_a_token_cannot_make_a_stronger_one(program: AsyncClient) -> None:
    """It can do what it was made for, and no more through another one."""
    weak = await program.post(f"{API}/tokens", json={"name": "w", "scopes": ["tokens:write"], "days": 1})
    program.headers["Authorization"] = f"Bearer {weak.json()['token']}"

    assert (await program.post(f"{API}/tokens", json={"name": "s", "scopes": ["users:write"]})).status_code == 403


async def test_a_revoked_token_is_worth_nothing(program: AsyncClient) -> None:
    """At once."""
    own = (await program.get(f"{API}/tokens")).json()[0]["id"]

    assert (await program.delete(f"{API}/tokens/{own}")).status_code == 204
    assert (await program.get(f"{API}/tokens")).status_code == 401


async def test_a_user_gets_more_time(program: AsyncClient) -> None:
    """And it stands in the audit log, with whose token it was."""
    await program.post(f"{API}/users", json={"id": "5", "days": 3})
    until = (await program.post(f"{API}/users/5/extend", json={"days": 3})).json()["until"]

    users = {user["id"]: user for user in (await program.get(f"{API}/users")).json()["items"]}
    assert users["5"]["auth_time"] == until
    (change,) = (await program.get(f"{API}/audit", params={"limit": 1})).json()["items"]
    (token,) = (await program.get(f"{API}/tokens")).json()
    assert (change["action"], change["target"], change["actor"]) == ("user.extend", "5", f"token:{token['id']}:admin")


async def test_a_user_is_removed_who_owns_nothing(program: AsyncClient, web_deps: Deps) -> None:
    """Others stay, with their configs."""
    await make_config(web_deps.session_factory, None, TENANT_OF)
    await program.post(f"{API}/users", json={"id": "5"})

    assert (await program.delete(f"{API}/users/5")).status_code == 204
    assert (await program.delete(f"{API}/users/{TENANT_OF}")).status_code == 422
    assert [user["id"] for user in (await program.get(f"{API}/users")).json()["items"]] == [TENANT_OF]


async def test_the_last_hour_is_told(program: AsyncClient, web_deps: Deps) -> None:
    """What was sent in it and how late, and what lanes met; what is older is left out."""
    account_id = await make_account(web_deps.session_factory)
    now = int(web_deps.clock.now().timestamp()) // SPAN_S
    async with web_deps.session_factory.begin() as session:
        for span, sent in ((now, 3), (now - 3600 // SPAN_S - 1, 100)):
            await record_sample(session, Sample(span, "host-1", 1, sent, 1, 0, 5, 9))
    await program.post(f"{API}/accounts/main/pause")

    hour = (await program.get(f"{API}/overview/hour")).json()

    ((span),) = hour["spans"]
    assert (span["sent"], span["late_p99_ms"], hour["seconds_per_span"]) == (3, 9, SPAN_S)
    assert [(event["account_id"], event["kind"]) for event in hour["events"]] == [(account_id, "parked")]


async def test_an_account_stops_goes_on_and_is_forgotten(program: AsyncClient, web_deps: Deps) -> None:
    """Its session is never shown."""
    await make_account(web_deps.session_factory)

    await program.post(f"{API}/accounts/main/pause")
    (shown,) = (await program.get(f"{API}/accounts")).json()["items"]
    assert shown["state"] == "parked"
    assert "session" not in str(shown)
    await program.post(f"{API}/accounts/main/resume")
    assert (await program.get(f"{API}/accounts")).json()["items"][0]["state"] == "active"
    assert (await program.delete(f"{API}/accounts/main")).status_code == 204


async def test_the_figures_are_those_of_the_overview(program: AsyncClient) -> None:
    """Of this moment."""
    assert (await program.get(f"{API}/overview")).json()["configs"] == {"active": 0, "paused": 0, "parked": 0}
    assert (await program.get(f"{API}/runs")).json() == {"items": [], "next_cursor": None}


@pytest.mark.parametrize("address", ["configs", "accounts", "dead", "runs", "audit", "users"])
async def test_a_made_up_cursor_is_refused(program: AsyncClient, address: str) -> None:
    """Whatever it holds."""
    answer = await program.get(f"{API}/{address}", params={"cursor": "made-up"})

    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")


@pytest.mark.parametrize(("method", "address", "status"), [("GET", "nothing", 404), ("PUT", "configs", 405)])
async def test_what_is_not_there_is_a_problem_too(program: AsyncClient, method: str, address: str, status: int) -> None:
    """As programs read it."""
    answer = await program.request(method, f"{API}/{address}")

    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


@pytest.mark.parametrize(
    ("address", "allowed"),
    [("configs", "GET, POST"), ("configs/1", "DELETE, GET, PATCH"), ("configs/pause", "POST"), ("whoami", "GET")],
)
async def test_what_can_be_done_at_an_address_is_said(program: AsyncClient, address: str, allowed: str) -> None:
    """All of it, where a method is refused."""
    answer = await program.put(f"{API}/{address}")

    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)


@pytest.mark.parametrize(
    "moment", ["0.5", "0", "0001-01-01T00:00:00+14:00", "2030-01-01T00:00:00", "9999-12-31T23:59:59-14:00"]
)
async def test_a_moment_is_written_out(program: AsyncClient, moment: str) -> None:
    """With its offset, in a year that the databases have."""
    assert (await program.get(f"{API}/audit", params={"since": moment})).status_code == 422
    assert (await program.post(f"{API}/users", json={"id": "5", "until": moment})).status_code == 422
