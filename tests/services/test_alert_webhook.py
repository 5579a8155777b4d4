"""What a webhook is told."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from tests.fixtures.webhook import Inbox, inbox
from tests.metrics.scrape import Scrape
from tests.services.conftest import owned_lane
from tests.services.runs import MovedClock
from tgforward.db.alerts import note_alert
from tgforward.db.models.alert import AlertKind
from tgforward.db.session import SessionFactory
from tgforward.errors import AccountRevoked
from tgforward.metrics.process import make_metrics
from tgforward.services.alert_webhook import LAST_BACK_OFF, Webhook, back_off, open_client
from tgforward.services.alerts import AT_ONCE, TELL_FOR
from tgforward.services.deps import Deps
from tgforward.services.doctor_alerts import look_at_alerts
from tgforward.services.findings import Verdict
from tgforward.services.parking import park_account
from tgforward.services.stores import Stores
from tgforward.types import AccountId, ConfigId

SECRET = "very-secret"


@pytest.fixture
def hook() -> Iterator[Inbox]:
    """A webhook on this machine."""
    with inbox() as kept:
        yield kept


@asynccontextmanager
async def calling(stores: Stores, url: str, timeout_s: float = 10.0) -> AsyncIterator[Webhook]:
    async with open_client(SecretStr(SECRET)) as client:
        yield Webhook(stores, SecretStr(url), client, timeout_s)


async def park_one(factory: SessionFactory) -> None:
    async with factory.begin() as session:
        note_alert(session, AlertKind.CONFIG_PARKED, AccountId(9), "it may not write", config_id=ConfigId(7))


def stores_at(deps: Deps) -> tuple[Stores, MovedClock]:
    clock = MovedClock()
    return Stores(deps.session_factory, deps.redis, clock, make_metrics()), clock


async def test_a_parked_account_is_told_once_by_many_schedulers(deps: Deps, account_id: AccountId, hook: Inbox) -> None:
    """With its name, the reason and the command that helps, and the token as a bearer."""
    async with owned_lane(deps) as lane:
        await park_account(lane, AccountRevoked("the session was ended", code="SESSION_REVOKED"))
    stores, clock = stores_at(deps)
    clock.ahead = timedelta(seconds=1)
    async with calling(stores, hook.url) as one, calling(stores, hook.url) as other:
        await asyncio.gather(one.call_for_all(), other.call_for_all())
        await one.call_for_all()
    (body,) = hook.bodies
    assert body.pop("at").endswith("+00:00")
    assert body.pop("id") > 0
    assert body == {
        "kind": "account_parked",
        "account_id": account_id,
        "account": "operator",
        "config_id": None,
        "dest_number": None,
        "reason": "the session was ended",
        "text": "Account operator is parked (the session was ended): tgforward account resume operator",
    }
    assert hook.headers[0]["authorization"] == f"Bearer {SECRET}"
    assert Scrape(stores.metrics.text()).value("tgforward_alerts_total", way="webhook", result="told") == 1


async def test_what_is_refused_is_tried_again_later(deps: Deps, hook: Inbox) -> None:
    """After a pause that doubles; a redirect is no answer; meanwhile doctor says so, and no secret is in a log line."""
    await park_one(deps.session_factory)
    stores, clock = stores_at(deps)
    clock.ahead = timedelta(seconds=1)
    hook.statuses[:] = [500, 302]
    watched = deps.settings.model_copy(update={"alert_webhook_url": SecretStr(f"{hook.url}?key={SECRET}")})
    deps = Deps(watched, deps.session_factory, deps.redis, deps.vault, deps.server)
    with capture_logs() as lines:
        async with calling(stores, f"{hook.url}?key={SECRET}") as webhook:
            for tries in (1, 2):
                for _ in range(3):
                    await webhook.call_for_all()
                assert len(hook.bodies) == tries
                (finding,) = await look_at_alerts(deps)
                assert (finding.verdict, "not taken 1 alerts" in finding.text) == (Verdict.WARNING, True)
                clock.ahead += back_off(tries - 1)
            await webhook.call_for_all()
    assert hook.bodies[0] == hook.bodies[2]
    assert [line.get("reason") for line in lines] == ["HTTP 500", "HTTP 302", None]
    assert SECRET not in str(lines)
    (finding,) = await look_at_alerts(deps)
    assert (finding.verdict, finding.text) == (Verdict.OK, "schedulers call 127.0.0.1")


async def test_a_webhook_that_does_not_answer_holds_nobody_up(deps: Deps, hook: Inbox) -> None:
    """An attempt ends after its time, and what nobody listens to is an attempt as well."""
    await park_one(deps.session_factory)
    stores, clock = stores_at(deps)
    clock.ahead = timedelta(seconds=1)
    hook.may_answer.clear()
    with capture_logs() as lines:
        async with calling(stores, hook.url, timeout_s=0.2) as webhook:
            await webhook.call_for_all()
        clock.ahead += back_off(0)
        async with calling(stores, "http://127.0.0.1:1/hook") as webhook:
            await webhook.call_for_all()
    assert [line["reason"] for line in lines] == ["TimeoutError", "ConnectError"]
    assert Scrape(stores.metrics.text()).value("tgforward_alerts_total", way="webhook", result="refused") == 2


async def test_many_events_are_told_without_a_pause(deps: Deps, hook: Inbox) -> None:
    """A page at a time, each event by itself, in order."""
    for _ in range(AT_ONCE + 3):
        await park_one(deps.session_factory)
    stores, clock = stores_at(deps)
    clock.ahead = timedelta(seconds=1)
    async with calling(stores, hook.url) as webhook:
        assert [await webhook.call_for_all() for _ in range(3)] == [AT_ONCE, 3, 0]
    numbers = [body["id"] for body in hook.bodies]
    assert numbers == sorted(set(numbers))
    assert len(numbers) == AT_ONCE + 3


async def test_what_is_too_old_is_told_nobody(deps: Deps, hook: Inbox) -> None:
    """A webhook that is set up, or mended, a day later is not flooded with what nobody can remember."""
    await park_one(deps.session_factory)
    stores, clock = stores_at(deps)
    clock.ahead = TELL_FOR + timedelta(minutes=1)
    async with calling(stores, hook.url) as webhook:
        await webhook.call_for_all()
    assert hook.bodies == []


def test_the_pause_between_attempts_grows_to_a_bound() -> None:
    """It doubles from a quarter of a minute to a quarter of an hour, and stays there after any number of attempts."""
    assert [back_off(number).total_seconds() for number in range(4)] == [15, 30, 60, 120]
    assert back_off(10) == back_off(10_000) == LAST_BACK_OFF
