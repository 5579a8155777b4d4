"""What `status` knows, and what it says where something is away."""

from datetime import timedelta

from pydantic import SecretStr

from tests.services.conftest import Town, make_config, owned_lane
from tgforward.db.accounts import set_account_wait
from tgforward.db.configs import load_config
from tgforward.db.users import add_user, authorise_user
from tgforward.db.waits import set_wait
from tgforward.db.workers import announce
from tgforward.queue.enqueue import enqueue_now
from tgforward.sandbox.server import Sandbox
from tgforward.services.configs import edit_config
from tgforward.services.deps import Deps
from tgforward.services.known_accounts import pause_account
from tgforward.services.known_configs import pause_config
from tgforward.services.queues import Queues, ask_queues, load_queues
from tgforward.services.status import Status, load_status
from tgforward.types import AccountId, ConfigId

WAIT = timedelta(seconds=3000)


async def look(deps: Deps) -> Status:
    return await load_status(deps, await load_queues(deps.redis))


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
    queues = await ask_queues(away)
    status = await load_status(deps, queues)
    assert len(status.configs) == 1
    assert status.accounts[0].waiting is None
    assert status.redis_error is not None
    assert "/nonexistent/redis.sock does not answer" in status.redis_error
    assert await ask_queues(deps.settings) == Queues(await depth(deps))


async def depth(deps: Deps) -> dict[str, int]:
    return dict((await load_queues(deps.redis)).depth)


def reason(status: Status, config_id: ConfigId) -> str:
    return next(row.reason or "" for row in status.configs if row.id == config_id)
