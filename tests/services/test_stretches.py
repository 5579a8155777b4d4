"""An account that reads as much as it may says by how much its intervals stretch."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from rich.console import Console

from tests.metrics.scrape import shown
from tests.services.conftest import make_config, owned_lane
from tgforward.cli.status_view import status_view
from tgforward.forwarding.outcomes import Snooze
from tgforward.queue.connect import open_pool, redis_settings
from tgforward.sandbox.server import Sandbox
from tgforward.services.deps import Deps
from tgforward.services.forward import run_forward_config
from tgforward.services.queues import load_queues
from tgforward.services.status import Status, load_status
from tgforward.services.stretches import tell_stretches
from tgforward.types import AccountId


@pytest.fixture
def poor(deps: Deps) -> Deps:
    """Where an account may read twice, and once more in 100 s."""
    return replace(deps, settings=deps.settings.model_copy(update={"read_per_s": 0.01, "read_burst": 2}))


async def look(deps: Deps) -> Status:
    return await load_status(deps, partial(load_queues, deps.redis))


def gauges(deps: Deps) -> tuple[float, float, float]:
    seen = shown(deps.metrics)
    names = ("accounts_stretched", "stretch_seconds_max", "reads_delayed_total")
    first, second, third = [seen.value(f"tgforward_{name}") for name in names]
    return first, second, third


async def test_status_and_metrics_show_it(poor: Deps, account_id: AccountId, sandbox: Sandbox) -> None:
    """While the account is stretched; what has not been told for six seconds, or is another's by now, is not shown."""
    config_id = await make_config(poor)
    async with owned_lane(poor) as lane:
        await tell_stretches(poor)
        assert (await look(poor)).accounts[0].stretched_s is None
        assert gauges(poor) == (0, 0, 0)
        outcomes = [await run_forward_config(lane, config_id, None) for _ in range(3)]
        assert isinstance(outcomes[-1], Snooze)
        wait_s = outcomes[-1].delay.total_seconds()
        await tell_stretches(poor)
        status = await look(poor)
        stretched_s = status.accounts[0].stretched_s
        assert stretched_s is not None
        assert wait_s - 30 < stretched_s <= wait_s
        with (console := Console(width=200)).capture() as shown_page:
            console.print(status_view(status, 200))
        assert "stretched by" in shown_page.get()
        accounts, longest_s, delayed = gauges(poor)
        assert (accounts, delayed) == (1, 1)
        assert longest_s == pytest.approx(stretched_s, abs=30)
    assert gauges(poor) == (0, 0, 1)
    assert (await look(poor)).accounts[0].stretched_s is None  # nobody owns it: what was told is of no interest


async def test_a_redis_that_is_away_hears_it_later(poor: Deps, account_id: AccountId, sandbox: Sandbox) -> None:
    """The worker goes on."""
    config_id = await make_config(poor)
    async with owned_lane(poor) as lane:
        for _ in range(3):
            await run_forward_config(lane, config_id, None)
        assert poor.metrics.reads.stretched()[account_id] > timedelta(seconds=50)
        away = open_pool(redis_settings("unix:///nowhere/redis.sock"))
        await tell_stretches(replace(poor, redis=away))
        await away.aclose()
