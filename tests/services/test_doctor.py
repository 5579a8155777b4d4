"""What `doctor` finds, on the real thing."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from tests.fixtures.redis import RedisServer
from tests.services.conftest import Town, make_config
from tests.services.runs import MovedClock, working
from tgforward.clock import SystemClock
from tgforward.db.accounts import set_account_wait
from tgforward.errors import InvalidInput
from tgforward.sandbox.server import Sandbox
from tgforward.services.config_status import ConfigPage
from tgforward.services.configs import add_config
from tgforward.services.deps import Deps
from tgforward.services.doctor import examine_installation
from tgforward.services.doctor_stores import look_at_database, look_at_redis
from tgforward.services.findings import Finding, Verdict, compare_clocks
from tgforward.services.known_accounts import pause_account
from tgforward.services.known_configs import pause_config
from tgforward.types import AccountId


async def examine(deps: Deps, page: ConfigPage | None = None) -> dict[str, Finding]:
    return by_subject(await examine_installation(deps.settings, page or ConfigPage()))


def by_subject(findings: Sequence[Finding]) -> dict[str, Finding]:
    assert len({finding.subject for finding in findings}) == len(findings)
    return {finding.subject: finding for finding in findings}


def verdicts(found: dict[str, Finding], *verdicts: Verdict) -> set[str]:
    return {subject for subject, finding in found.items() if finding.verdict in verdicts}


async def test_a_sound_installation(deps: Deps, account_id: AccountId, sandbox: Sandbox) -> None:
    """Everything is ok but that no worker is alive; the session and the config's rights were looked at."""
    config_id = await make_config(deps)
    found = await examine(deps)
    assert verdicts(found, Verdict.FAILED) == set()
    assert verdicts(found, Verdict.WARNING) == {"workers"}
    assert {"database", "database revision", "database clock", "redis", "redis eviction", "redis clock"} <= found.keys()
    assert found["account operator"].text == "the session is valid"
    assert found[f"config {config_id}"].verdict is Verdict.OK


@pytest.mark.parametrize("is_owned", [False, True], ids=["borrowed", "owned"])
async def test_lost_rights_are_named(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town, is_owned: bool
) -> None:
    """By the config that needs them, in the words that help; a worker that owns the session looks itself."""
    town.world.add_channel("Other", username="other", admins=[town.operator], members=[])
    well = await make_config(deps, dest="@other")
    stored = await add_config(
        deps, source="@source", dest="@other", account=None, fields={}, actor="test", also=["@dest"]
    )
    town.world.demote(town.dest, town.operator)
    if is_owned:
        async with working(deps):
            found = await examine(deps)
    else:
        found = await examine(deps)
    assert found[f"config {well}"].verdict is Verdict.OK
    assert found[f"config {stored.id}"].verdict is Verdict.FAILED
    assert "may not write to Dest" in found[f"config {stored.id}"].text
    assert sandbox.sessions_used_twice == 0


async def test_configs_that_share_chats_cost_few_requests(deps: Deps, account_id: AccountId, sandbox: Sandbox) -> None:
    """Each chat is looked at once, however many configs use it."""
    await make_config(deps)
    before = sandbox.requests()
    await examine(deps)
    one = sandbox.requests() - before
    for _ in range(5):
        await make_config(deps)
    before = sandbox.requests()
    await examine(deps)
    assert sandbox.requests() - before == one


async def test_a_session_that_was_ended(deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town) -> None:
    """The account failed, and nothing is said of its configs' rights."""
    config_id = await make_config(deps)
    sandbox.revoke(town.operator)
    found = await examine(deps)
    assert found["account operator"].verdict is Verdict.FAILED
    assert "tgforward account login" in found["account operator"].text
    assert found[f"config {config_id}"].verdict is Verdict.WARNING


async def test_whoever_rests_or_is_stopped_is_not_asked(deps: Deps, account_id: AccountId, sandbox: Sandbox) -> None:
    """A flood wait is not made longer by looking; parked and paused things say so."""
    config_id, paused = await make_config(deps), await make_config(deps)
    await pause_config(deps, paused, actor="test")
    async with deps.session_factory.begin() as session:
        await set_account_wait(session, account_id, deps.clock.now() + timedelta(hours=1), "FLOOD_WAIT_3600")
    asked = sandbox.requests()
    found = await examine(deps)
    assert "FLOOD_WAIT_3600" in found["account operator"].text
    assert verdicts(found, Verdict.WARNING) == {"account operator", f"config {config_id}", "workers"}
    assert found[f"config {paused}"].text == "paused by a person"
    await pause_account(deps, "operator", actor="test")
    found = await examine(deps)
    assert "tgforward account resume operator" in found["account operator"].text
    assert "tgforward account resume operator" in found[f"config {config_id}"].text
    assert sandbox.requests() == asked


async def test_a_wait_that_is_met_while_looking_stops_it(deps: Deps, account_id: AccountId, sandbox: Sandbox) -> None:
    """It is a warning, and holds for the account from then on."""
    await make_config(deps)
    sandbox.faults.add("flood_wait", method="users.GetUsers", seconds=60)
    found = await examine(deps)
    assert found["account operator"].verdict is Verdict.WARNING
    assert "rests until" in (await examine(deps))["account operator"].text
    assert sandbox.flood_violations == 0


async def test_configs_are_looked_at_a_page_at_a_time(deps: Deps, account_id: AccountId, sandbox: Sandbox) -> None:
    """Behind a config, at most so many; an account that does not exist is one sentence."""
    first, second, third = [await make_config(deps) for _ in range(3)]
    found = await examine(deps, ConfigPage(limit=1, after=first))
    assert {f"config {number}" for number in (first, second, third)} & found.keys() == {f"config {second}"}
    with pytest.raises(InvalidInput, match="no account named nobody"):
        await examine(deps, ConfigPage(account="nobody"))


async def test_a_redis_that_forgets(deps: Deps, redis_server: RedisServer) -> None:
    """Dropping jobs when memory is full is a failure, forgetting them in a restart worth a warning."""
    with redis_server.client() as client:
        client.config_set("maxmemory-policy", "allkeys-lru")
        client.config_set("appendonly", "no")
    settings = deps.settings.model_copy(update={"redis_url": SecretStr(redis_server.url)})
    found = by_subject(await look_at_redis(settings, SystemClock()))
    assert verdicts(found, Verdict.FAILED) == {"redis eviction"}
    assert verdicts(found, Verdict.WARNING) == {"redis persistence"}
    redis_server.stop()
    (finding,) = await look_at_redis(settings, SystemClock())
    assert (finding.verdict, "does not answer" in finding.text) == (Verdict.FAILED, True)


async def test_stores_that_are_away_hide_nothing_else(deps: Deps) -> None:
    """Both are named, and nothing that depends on them is tried."""
    away = {
        "db_url": SecretStr("mysql+asyncmy://root@127.0.0.1:1/none"),
        "redis_url": SecretStr("unix:///nonexistent/redis.sock"),
    }
    found = by_subject(await examine_installation(deps.settings.model_copy(update=away), ConfigPage()))
    assert verdicts(found, Verdict.FAILED) == {"database", "redis"}
    assert verdicts(found, Verdict.OK) == {"settings"}


async def test_a_clock_that_is_off(deps: Deps) -> None:
    """A host whose clock is not that of the stores is told by how much, and in which direction."""
    ahead = MovedClock(timedelta(minutes=5))
    found = by_subject([*await look_at_database(deps.settings, ahead), *await look_at_redis(deps.settings, ahead)])
    assert verdicts(found, Verdict.FAILED) == {"database clock", "redis clock"}
    assert "300.0 s behind" in found["redis clock"].text or "299.9 s behind" in found["redis clock"].text
    assert "ahead of" in compare_clocks("x", datetime.now(UTC) + timedelta(seconds=10), SystemClock()).text
