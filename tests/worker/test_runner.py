"""A lane's worker as the worker process starts it: the lane's lease and pauses are its own."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from arq import ArqRedis

from tests.worker.build import listening, make_deps
from tgforward.db.session import SessionFactory
from tgforward.queue.enqueue import enqueue_now
from tgforward.queue.lag import LoopLag
from tgforward.queue.names import in_progress_key, job_id
from tgforward.services.deps import Deps
from tgforward.services.lane import Lane, Pause
from tgforward.types import AccountId, ConfigId
from worker.runner import Runner

ACCOUNT, CONFIG = AccountId(7), ConfigId(1)


@pytest.fixture
def deps(sqlite_session_factory: SessionFactory, redis: ArqRedis, tmp_path: Path) -> Deps:
    """An empty installation: every config is unknown, so that its job is done at once."""
    return make_deps(sqlite_session_factory, redis, tmp_path)


@asynccontextmanager
async def running(deps: Deps, lag: LoopLag | None = None) -> AsyncIterator[Lane]:
    """A lane with a lease of a minute and its runner."""
    lane = Lane(deps, ACCOUNT, token=1, deadline=deps.clock.monotonic() + 60)
    async with listening(deps.redis) as wakes:
        runner = Runner.start(lane, lag or LoopLag(timedelta(minutes=1)), wakes)
        try:
            yield lane
            assert runner.is_running()
        finally:
            await runner.stop(timedelta(seconds=1))
            await lane.close()
    assert not runner.is_running()


async def is_done(deps: Deps, seconds: float) -> bool:
    """Whether the config's job is gone within some time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not await deps.redis.exists(f"arq:job:{job_id(CONFIG)}"):
            return True
        await asyncio.sleep(0.01)
    return False


async def enqueue(deps: Deps) -> None:
    assert await enqueue_now(deps.redis, CONFIG, None, ACCOUNT)


async def test_jobs_run_while_the_lease_lasts(deps: Deps) -> None:
    """From the moment at which the lease may have run out nothing is claimed, until it is renewed."""
    async with running(deps) as lane:
        await enqueue(deps)
        assert await is_done(deps, 10)
        lane.deadline = deps.clock.monotonic()
        await asyncio.sleep(0.2)
        await enqueue(deps)
        assert not await is_done(deps, 0.5)
        assert not await deps.redis.exists(in_progress_key(job_id(CONFIG)))
        lane.deadline = deps.clock.monotonic() + 60
        assert await is_done(deps, 10)


async def test_a_pause_of_the_account_stops_claiming(deps: Deps) -> None:
    """A flood wait is not answered by taking jobs and putting them back."""
    async with running(deps) as lane:
        lane.pause(Pause(deps.clock.now() + timedelta(hours=1), "FLOOD_WAIT"))
        await asyncio.sleep(0.2)
        await enqueue(deps)
        assert not await is_done(deps, 0.5)
        lane.pause(Pause(deps.clock.now(), "over"))
        assert await is_done(deps, 10)


async def test_a_late_loop_claims_nothing(deps: Deps) -> None:
    """While the loop lags behind, others must not wait for what this process could not even begin."""
    lag = LoopLag(timedelta(milliseconds=1))
    await asyncio.sleep(0.05)  # nobody watches: its lateness grows
    async with running(deps, lag):
        await enqueue(deps)
        assert not await is_done(deps, 0.5)
