"""The scheduler's loop on real stores, with a wall clock that a test moves."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import monotonic

import pytest
from arq import ArqRedis
from sqlalchemy import Insert, insert

from tests.fixtures.redis import RedisServer
from tests.services.conftest import make_config
from tgforward.db.configs import edit_config, load_config
from tgforward.db.models import TGForwardConfig
from tgforward.db.session import reading
from tgforward.db.slot_counts import SlotCount, load_slot_counts
from tgforward.db.transaction import in_transaction
from tgforward.queue import names
from tgforward.queue.connect import connect
from tgforward.services.deps import Deps
from tgforward.services.ticker import RAMP_BURST, RAMP_PER_S, Ticker
from tgforward.types import AccountId, ConfigId


class SteppedClock:
    """The real monotonic time, and a wall clock that is wrong by `step`."""

    def __init__(self) -> None:
        self.step = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.step

    def monotonic(self) -> float:
        return monotonic()


@asynccontextmanager
async def ticking(*tickers: Ticker) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(ticker.run()) for ticker in tickers]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        assert all(isinstance(end, asyncio.CancelledError) for end in ended), ended


async def work_off(redis: ArqRedis, config_id: ConfigId, account_id: AccountId) -> float:
    """Wait for the config's job, take it away as a worker does, and answer its due time in seconds."""
    job = names.job_id(config_id)
    async with asyncio.timeout(20):
        while not await redis.exists(names.payload_key(job)):  # noqa: ASYNC110 - the ticker writes it
            await asyncio.sleep(0.01)
    queue = names.lane_queue(account_id)
    score = await redis.zscore(queue, job)
    assert score is not None
    await redis.zrem(queue, job)
    await redis.delete(names.payload_key(job))
    return float(score) / 1000


@pytest.mark.parametrize("step", [timedelta(seconds=120), timedelta(seconds=-120)])
async def test_a_step_of_the_wall_clock_moves_no_slot(
    deps: Deps, account_id: AccountId, redis: ArqRedis, step: timedelta
) -> None:
    """Two replicas, one of whose clocks is stepped, enqueue each second's slot once and forget none."""
    config_id = await make_config(deps, interval_second=1)
    clock = SteppedClock()
    async with ticking(Ticker(deps), Ticker(replace(deps, clock=clock))):
        due = [await work_off(redis, config_id, account_id) for _ in range(3)]
        clock.step = step
        due += [await work_off(redis, config_id, account_id) for _ in range(3)]
    assert [round(later - due[0]) for later in due] == [0, 1, 2, 3, 4, 5]


async def test_an_edit_takes_effect_within_a_second_or_two(deps: Deps, account_id: AccountId, redis: ArqRedis) -> None:
    """A config with an interval of a day runs as soon as it was shortened, also on a machine whose clock is wrong."""
    config_id = await make_config(deps, interval_second=86_400)
    clock = SteppedClock()
    clock.step = timedelta(hours=1)
    async with ticking(Ticker(replace(deps, clock=clock))):
        await work_off(redis, config_id, account_id)
        await in_transaction(deps.session_factory, lambda session: edit_config(session, config_id, interval_second=1))
        started = monotonic()
        await work_off(redis, config_id, account_id)
        assert monotonic() - started < 10


async def test_redis_may_go_away_and_come_back_empty(
    deps: Deps, account_id: AccountId, redis_server: RedisServer
) -> None:
    """The ticker outlives a killed Redis and an emptied one."""
    config_id = await make_config(deps, interval_second=1)
    redis = await connect(redis_server.url)
    async with ticking(Ticker(replace(deps, redis=redis))):
        await work_off(redis, config_id, account_id)
        redis_server.kill()
        await asyncio.sleep(1.5)
        redis_server.start()
        await work_off(redis, config_id, account_id)
        redis_server.flush()
        await work_off(redis, config_id, account_id)
    await redis.aclose()


async def test_a_slot_that_falls_into_the_previous_run_is_counted(
    deps: Deps, account_id: AccountId, redis: ArqRedis
) -> None:
    """A config whose job nobody takes has one job, and the slots that found it waiting are in the database."""
    config_id = await make_config(deps, interval_second=1)
    async with ticking(Ticker(deps)):
        count = await stored_count(deps, config_id, lambda count: count.coalesced >= 2)
    assert await redis.zcard(names.lane_queue(account_id)) == 1
    assert count.missed == 0
    assert 'tgforward_slots_total{result="enqueued"} 1.0' in deps.metrics.text()
    assert 'tgforward_slots_total{result="missed"} 0.0' in deps.metrics.text()


async def test_slots_that_were_missed_are_counted_and_the_latest_one_runs(
    deps: Deps, account_id: AccountId, redis_server: RedisServer
) -> None:
    """After an outage of Redis one job comes for all slots that passed, and the others are in the database."""
    config_id = await make_config(deps, interval_second=1)
    redis = await connect(redis_server.url)
    async with ticking(Ticker(replace(deps, redis=redis))):
        last = await work_off(redis, config_id, account_id)
        redis_server.kill()
        await asyncio.sleep(4)
        redis_server.start()
        next_one = await work_off(redis, config_id, account_id)
        count = await stored_count(deps, config_id, lambda count: count.missed > 0)
    assert count.missed == round(next_one - last) - 1
    await redis.aclose()


async def test_missed_slots_come_back_on_a_ramp(deps: Deps, account_id: AccountId, redis: ArqRedis) -> None:
    """1,500 configs that all wait for a slot of the past are not enqueued at once, and none is forgotten."""
    config_id = await make_config(deps, interval_second=86_400)
    async with deps.session_factory.begin() as session:
        row = await load_config(session, config_id)
        assert row is not None
        await session.execute(insert_copies(row, count=1499))
    queue, started = names.lane_queue(account_id), monotonic()
    async with ticking(Ticker(deps)), asyncio.timeout(60):
        while await redis.zcard(queue) < 1500:  # noqa: ASYNC110 - the ticker enqueues
            await asyncio.sleep(0.01)
    assert monotonic() - started >= (1500 - RAMP_BURST) / RAMP_PER_S


async def stored_count(deps: Deps, config_id: ConfigId, is_wanted: Callable[[SlotCount], bool]) -> SlotCount:
    """The counts in the database, once they are as wanted."""
    async with asyncio.timeout(30):
        while True:
            async with reading(deps.session_factory) as session:
                counts = await load_slot_counts(session, [config_id])
            if is_wanted(count := counts.get(config_id, SlotCount(config_id))):
                return count
            await asyncio.sleep(0.05)


def insert_copies(row: TGForwardConfig, *, count: int) -> Insert:
    names_of = ("source", "dest", "forward_history_count", "interval_second", "account_id")
    values = {name: getattr(row, name) for name in names_of}
    return insert(TGForwardConfig).values([values] * count)
