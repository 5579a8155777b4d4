"""What `status` says of histories that are on their way."""

from datetime import timedelta
from functools import partial

import pytest

from tests.services.conftest import Town, make_config, owned_lane
from tests.services.runs import row_of, run
from tgforward.db.dests import list_dests
from tgforward.db.runs import list_latest_runs, list_runs
from tgforward.db.session import reading
from tgforward.forwarding.outcomes import Continue
from tgforward.sandbox.server import Sandbox
from tgforward.services.config_status import ConfigStatus
from tgforward.services.configs import add_config
from tgforward.services.deps import Deps
from tgforward.services.forward import run_forward_config
from tgforward.services.histories import history_left, load_times_left, messages_done
from tgforward.services.known_configs import pause_config
from tgforward.services.queues import load_queues
from tgforward.services.status import load_status
from tgforward.types import AccountId, ConfigId


async def status_of(deps: Deps, config_id: ConfigId) -> ConfigStatus:
    status = await load_status(deps, partial(load_queues, deps.redis))
    return next(row for row in status.configs if row.id == config_id)


async def run_once(deps: Deps, config_id: ConfigId) -> None:
    async with owned_lane(deps) as lane:
        assert isinstance(await run_forward_config(lane, config_id, None), Continue)


async def left_of(deps: Deps, config_id: ConfigId) -> timedelta | None:
    async with reading(deps.session_factory) as session:
        dests = (await list_dests(session, [config_id])).get(config_id, ())
    return await history_left(deps, await row_of(deps, config_id), dests)


async def test_it_tells_how_long_the_history_will_go_on(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town
) -> None:
    """From the first page on and until the last one; skipped messages count as done, other configs do not matter."""
    for number in range(250):
        town.world.post(town.source, f"ad {number}" if number % 2 else str(number), sender=town.editor)
    config_id, other = await make_config(deps, forward_history_count=-1, skip_word="ad"), await make_config(deps)
    assert (await status_of(deps, config_id)).history_left_s is None
    assert messages_done(await row_of(deps, config_id)) is None
    await run_once(deps, config_id)
    first = await status_of(deps, config_id)
    assert first.history_left_s is not None
    assert 0 < first.history_left_s < 60
    assert (await status_of(deps, other)).history_left_s is None
    assert messages_done(await row_of(deps, config_id)) == pytest.approx(100, abs=1)
    await run(deps, config_id)
    assert (await status_of(deps, config_id)).history_left_s is None
    assert messages_done(await row_of(deps, config_id)) == 250


async def test_a_paused_config_tells_nothing(deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town) -> None:
    """Nobody knows when it goes on."""
    for number in range(150):
        town.world.post(town.source, str(number), sender=town.editor)
    config_id = await make_config(deps, forward_history_count=-1)
    await run_once(deps, config_id)
    assert await left_of(deps, config_id) is not None
    await pause_config(deps, config_id, actor="test")
    assert await left_of(deps, config_id) is None


async def test_every_dest_takes_its_time(deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town) -> None:
    """What one has and another lacks is still to come."""
    town.world.add_channel("Two", username="two", admins=[town.operator], members=[])
    for number in range(150):
        town.world.post(town.source, str(number), sender=town.editor)
    stored = await add_config(
        deps, source="@source", dest="@dest", also=["@two"], account=None, actor="test",
        fields={"forward_history_count": -1},
    )  # fmt: skip
    await run_once(deps, stored.id)
    row, now = await row_of(deps, stored.id), deps.clock.now()
    async with reading(deps.session_factory) as session:
        dests = await list_dests(session, [stored.id])
        both, own = [await load_times_left(session, [row], some, now) for some in (dests, {})]
    assert both[stored.id] / own[stored.id] == pytest.approx(2, rel=0.01)  # times are whole microseconds


async def test_the_latest_runs_of_many_configs(deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town) -> None:
    """So many of each, the newest first, as if each had been asked for alone."""
    numbers = [await make_config(deps) for _ in range(3)]
    for config_id in numbers[:2]:
        await run(deps, config_id)
    for text in ("one", "two", "three"):
        town.world.post(town.source, text, sender=town.editor)
        for config_id in numbers[:2]:
            await run(deps, config_id)
    async with reading(deps.session_factory) as session:
        found = await list_latest_runs(session, numbers, each=2)
        alone = {number: list(await list_runs(session, number, limit=2)) for number in numbers[:2]}
        assert found == alone
        assert [len(runs) for runs in found.values()] == [2, 2]
        assert await list_latest_runs(session, [], each=2) == {}
