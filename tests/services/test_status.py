"""What `status` knows, and what it says where something is away."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import SecretStr
from sqlalchemy import event

from tests.services.conftest import Town, make_config, owned_lane
from tgforward.db.accounts import set_account_wait
from tgforward.db.configs import load_config
from tgforward.db.dests import list_dests, set_dest_state
from tgforward.db.engine import Engine
from tgforward.db.models.config import ConfigState
from tgforward.db.models.dest import DestState
from tgforward.db.users import add_user, authorise_user
from tgforward.db.waits import set_wait
from tgforward.db.workers import announce
from tgforward.errors import InvalidInput
from tgforward.queue.enqueue import enqueue_now
from tgforward.queue.slots import SlotEntry, enqueue_slots
from tgforward.sandbox.server import Sandbox
from tgforward.services.config_status import ConfigPage
from tgforward.services.configs import add_config, edit_config
from tgforward.services.deps import Deps
from tgforward.services.known_accounts import pause_account
from tgforward.services.known_configs import pause_config, resume_config
from tgforward.services.queues import ask_queues, load_queues
from tgforward.services.status import Status, load_status
from tgforward.types import AccountId, ConfigId

WAIT = timedelta(seconds=3000)
SHANGHAI = ZoneInfo("Asia/Shanghai")  # that of new configs; its clocks are never changed


async def look(deps: Deps) -> Status:
    return await load_status(deps, partial(load_queues, deps.redis))


async def test_an_account_at_work(deps: Deps, account_id: AccountId, sandbox: Sandbox) -> None:
    """Its owner and the jobs that wait for it are shown, and nothing is wrong."""
    config_id = await make_config(deps)
    await enqueue_now(deps.redis, config_id, 1, account_id)
    async with owned_lane(deps):
        status = await look(deps)
    (account,), (config,) = status.accounts, status.configs
    assert account.owner is not None
    assert (account.waiting, account.reason, account.wait_until) == (1, None, None)
    assert (config.source, config.dest, config.reason, config.dead) == ("Source", "Dest", None, 0)
    assert (status.chat_waits, status.expired_users, status.redis_error) == ([], [], None)


async def test_a_flood_wait_is_shown_with_its_end(deps: Deps, account_id: AccountId, sandbox: Sandbox) -> None:
    """On the account, and as the reason of its configs; a wait that is over is not."""
    await make_config(deps)
    until = deps.clock.now() + WAIT
    async with deps.session_factory.begin() as session:
        await set_account_wait(session, account_id, until, "FLOOD_WAIT_3000")
    status = await look(deps)
    assert (status.accounts[0].wait_until, status.accounts[0].reason) == (until, "FLOOD_WAIT_3000")
    assert "FLOOD_WAIT_3000" in str(status.configs[0].reason)
    async with deps.session_factory.begin() as session:
        await set_account_wait(session, account_id, deps.clock.now(), "FLOOD_WAIT_3000")
    status = await look(deps)
    assert (status.accounts[0].wait_until, status.accounts[0].reason, status.configs[0].reason) == (None, None, None)


async def test_a_slow_dest_is_shown(deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town) -> None:
    """The chat by its title; only the configs that write to it have it as their reason."""
    town.world.add_channel("Other", username="other", admins=[town.operator], members=[])
    slow, other = await make_config(deps), await make_config(deps, dest="@other")
    until = deps.clock.now() + WAIT
    async with deps.session_factory.begin() as session:
        row = await load_config(session, slow)
        assert row is not None
        await set_wait(session, account_id, row.dest, until, "SLOWMODE_WAIT_3000")
    status = await look(deps)
    (wait,) = status.chat_waits
    assert (wait.account, wait.chat, wait.until, wait.reason) == ("operator", "Dest", until, "SLOWMODE_WAIT_3000")
    assert "SLOWMODE_WAIT_3000" in reason(status, slow)
    assert reason(status, other) == ""


async def test_a_slow_further_dest_is_shown(deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town) -> None:
    """By its number, beside the config's own; one that is parked waits for nothing."""
    config_id = await make_config_with_two(deps, town)
    await slow_down(deps, account_id, config_id, 2)
    assert reason(await look(deps), config_id).startswith("dest 2 takes nothing until ")
    async with deps.session_factory.begin() as session:
        row = await load_config(session, config_id)
        assert row is not None
        await set_wait(session, account_id, row.dest, deps.clock.now() + WAIT, "SLOWMODE_WAIT_7")
    status = await look(deps)
    assert [wait.chat for wait in status.chat_waits] == ["Dest", "Two"]
    assert [sentence.split(" takes ")[0] for sentence in reason(status, config_id).split("; ")] == [
        "the dest",
        "dest 2",
    ]
    await park(deps, config_id, 2, "gone")
    assert "dest 2" not in reason(await look(deps), config_id)


async def test_parked_dests_are_shown(deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town) -> None:
    """With title, reason and the command that helps, which does; the config itself goes on."""
    config_id, other = await make_config_with_two(deps, town), await make_config(deps)
    status = await look(deps)
    assert ([row.further_dests for row in status.configs], status.parked_dests) == ([2, 0], [])
    await park(deps, config_id, 2, "the account may not write to chat Two")
    status = await look(deps)
    (parked,) = status.parked_dests
    assert (parked.config_id, parked.number, parked.chat) == (config_id, 2, "Two")
    assert parked.reason == "the account may not write to chat Two"
    assert parked.remedy == f"tgforward config resume {config_id}"
    assert [reason(status, number) for number in (config_id, other)] == ["", ""]
    await resume_config(deps, config_id, actor="test")
    assert (await look(deps)).parked_dests == []


@pytest.mark.parametrize("outside", ["wait", "skip"])
async def test_a_config_outside_of_its_hours(deps: Deps, account_id: AccountId, sandbox: Sandbox, outside: str) -> None:
    """It says until when, in its own zone; hours that make messages skipped keep no config waiting."""
    begin = datetime.now(SHANGHAI) + 2 * WAIT
    hours = {"from": f"{begin:%H:%M}", "to": f"{begin + WAIT:%H:%M}", "outside": outside}
    config_id = await make_config(deps, rules={"steps": [{"hours": hours}]})
    expected = f"outside of its hours until {begin:%H:%M} (Asia/Shanghai)" if outside == "wait" else ""
    assert reason(await look(deps), config_id) == expected


async def test_rules_that_nobody_understands_do_not_hide_the_rest(
    deps: Deps, account_id: AccountId, sandbox: Sandbox
) -> None:
    """A document that somebody wrote into the database by hand is the next run's concern."""
    config_id = await make_config(deps)
    async with deps.session_factory.begin() as session:
        row = await load_config(session, config_id)
        assert row is not None
        row.rules = {"steps": "none"}
    assert reason(await look(deps), config_id) == ""


async def test_more_configs_need_no_more_queries(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town, engine: Engine
) -> None:
    """Ten configs with further dests are asked for as one is."""
    await make_config_with_two(deps, town)
    statements: list[Any] = []
    event.listen(engine.sync_engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    await look(deps)
    few = len(statements)
    for _ in range(9):
        await add_further(deps)
    statements.clear()
    assert [row.further_dests for row in (await look(deps)).configs] == [2] * 10
    assert len(statements) == few


async def test_whatever_stops_a_config_is_its_reason(deps: Deps, account_id: AccountId, sandbox: Sandbox) -> None:
    """A parked account and an expired user name the command that helps; a paused config needs no reason."""
    paused, expired, active = await make_config(deps), await make_config(deps), await make_config(deps)
    await pause_config(deps, paused, actor="test")
    async with deps.session_factory.begin() as session:
        await add_user(session, "6001")
        await authorise_user(session, "6001", deps.clock.now() - WAIT)
    await edit_config(deps, expired, {"user_id": "6001"}, account=None, actor="test")
    status = await look(deps)
    assert [reason(status, config_id) for config_id in (paused, active)] == ["", ""]
    assert "tgforward user extend 6001" in reason(status, expired)
    assert [(user.id, user.configs) for user in status.expired_users] == [("6001", 1)]
    await pause_account(deps, "operator", actor="test")
    status = await look(deps)
    assert "tgforward account resume operator" in reason(status, active)
    assert status.accounts[0].reason == "paused by a person"


async def test_live_workers_are_counted(deps: Deps, account_id: AccountId, sandbox: Sandbox) -> None:
    """One that owns nothing is alive too."""
    async with deps.session_factory.begin() as session:
        await announce(session, "idle-worker", timedelta(seconds=60))
    status = await look(deps)
    assert [(worker.owner, worker.accounts) for worker in status.workers] == [("idle-worker", 0)]


async def test_without_redis_the_rest_is_still_known(deps: Deps, account_id: AccountId, sandbox: Sandbox) -> None:
    """What the database knows is shown, the queues are unknown, and one sentence says why."""
    away = deps.settings.model_copy(update={"redis_url": SecretStr("unix:///nonexistent/redis.sock")})
    await make_config(deps)
    status = await load_status(deps, partial(ask_queues, away))
    assert len(status.configs) == 1
    assert status.accounts[0].waiting is None
    assert status.redis_error is not None
    assert "/nonexistent/redis.sock does not answer" in status.redis_error
    assert await ask_queues(deps.settings, {}) == await load_queues(deps.redis, {})


async def test_configs_come_in_pages(deps: Deps, account_id: AccountId, sandbox: Sandbox) -> None:
    """Of a state or an account, behind a config, at most so many; all are counted whatever the page."""
    first, second, third = [await make_config(deps) for _ in range(3)]
    await pause_config(deps, second, actor="test")

    async def listed(page: ConfigPage) -> list[ConfigId]:
        status = await load_status(deps, partial(load_queues, deps.redis), page)
        assert status.config_counts == {ConfigState.ACTIVE: 2, ConfigState.PAUSED: 1}
        return [row.id for row in status.configs]

    assert await listed(ConfigPage(limit=2)) == [first, second]
    assert await listed(ConfigPage(limit=2, after=second)) == [third]
    assert await listed(ConfigPage(state=ConfigState.PAUSED)) == [second]
    assert await listed(ConfigPage(account="operator", state=ConfigState.ACTIVE)) == [first, third]
    with pytest.raises(InvalidInput, match="no account named nobody"):
        await listed(ConfigPage(account="nobody"))


async def test_a_config_that_should_have_run_is_overdue(deps: Deps, account_id: AccountId, sandbox: Sandbox) -> None:
    """It and its lane say since when; a config whose job is done is not."""
    late, done = await make_config(deps), await make_config(deps)
    slot_ms = int(deps.clock.now().timestamp() * 1000) - 5000
    await enqueue_slots(deps.redis, [SlotEntry(late, 1, account_id, slot_ms)])
    status = await look(deps)
    overdue = {row.id: row.overdue_s for row in status.configs if row.overdue_s is not None}
    assert list(overdue) == [late] != [done]
    assert 4.9 < overdue[late] < 60
    assert (status.accounts[0].due, status.accounts[0].waiting) == (1, 1)
    assert status.accounts[0].oldest_due_s is not None


async def make_config_with_two(deps: Deps, town: Town) -> ConfigId:
    """A config with the further dests 1 (One) and 2 (Two)."""
    for name in ("One", "Two"):
        town.world.add_channel(name, username=name.lower(), admins=[town.operator], members=[])
    return await add_further(deps)


async def add_further(deps: Deps) -> ConfigId:
    stored = await add_config(
        deps, source="@source", dest="@dest", account=None, fields={}, actor="test", also=["@one", "@two"]
    )
    return stored.id


async def slow_down(deps: Deps, account_id: AccountId, config_id: ConfigId, number: int) -> None:
    async with deps.session_factory.begin() as session:
        dest = (await list_dests(session, [config_id]))[config_id][number - 1]
        await set_wait(session, account_id, dest.chat_id, deps.clock.now() + 2 * WAIT, "SLOWMODE_WAIT_6000")


async def park(deps: Deps, config_id: ConfigId, number: int, why: str) -> None:
    async with deps.session_factory.begin() as session:
        await set_dest_state(session, config_id, number, DestState.PARKED, why)


def reason(status: Status, config_id: ConfigId) -> str:
    return next(row.reason or "" for row in status.configs if row.id == config_id)
