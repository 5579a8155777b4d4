"""A lane's worker that may have lost its lane, or whose loop is late."""

import asyncio
import time
from datetime import timedelta
from typing import Any

import pytest
from arq import ArqRedis, cron

from tests.queue.test_lane_worker import (
    JOB,
    LANE,
    Runs,
    build,
    claim,
    enqueue,
    finished,
    raises,
    returns,
    waits,
    working,
)
from tgforward.forwarding.outcomes import Continue, Done
from tgforward.queue.depth import is_pending
from tgforward.queue.lag import TICK_S, LoopLag
from tgforward.queue.lane_worker import LaneWorker
from tgforward.types import ConfigId

LONG = timedelta(seconds=60)


class Switch:
    """An answer that a test changes."""

    def __init__(self, *, is_on: bool = True) -> None:
        self.is_on = is_on

    def __call__(self) -> bool:
        return self.is_on


async def snapshot(redis: ArqRedis) -> dict[bytes, Any]:
    """Every key with its value."""
    found: dict[bytes, Any] = {}
    for key in await redis.keys("*"):
        kind = await redis.type(key)
        if kind in (b"zset", b"string"):
            found[key] = await (redis.get(key) if kind == b"string" else redis.zrange(key, 0, -1, withscores=True))
    return found


async def test_nothing_is_claimed_while_it_may_not(redis: ArqRedis) -> None:
    """Jobs wait until the worker may claim again."""
    runs, may_claim = Runs(), Switch(is_on=False)
    await enqueue(redis)
    async with working(redis, runs, may_claim=may_claim):
        await asyncio.sleep(0.1)
        assert runs.calls == []
        may_claim.is_on = True
        await finished(redis)
    assert runs.tries == [1]


@pytest.mark.parametrize("body", [returns(Done()), returns(Continue()), raises(LookupError("?"))])
async def test_nothing_is_finished_without_the_lane(redis: ArqRedis, body: Any) -> None:
    """However a job ends, a worker that has lost its lane changes nothing in Redis; the next owner runs it again."""
    release, is_owner = asyncio.Event(), Switch()

    async def job(ctx: dict[Any, Any]) -> Any:
        await release.wait()
        return await body(ctx)

    runs, next_runs = Runs(job), Runs()
    await enqueue(redis)
    await enqueue(redis, 2)
    async with working(redis, runs, is_owner=is_owner, max_jobs=1):
        await runs.wait(1)
        is_owner.is_on = False
        await asyncio.sleep(0.2)  # a heart beat that had begun
        before = await snapshot(redis)
        release.set()
        await asyncio.sleep(0.2)
        assert await snapshot(redis) == before
    assert {**await snapshot(redis)} == before
    async with working(redis, next_runs) as worker:
        assert await worker.take_over() in (0, 1)  # 0: its key has run out
        await finished(redis)
    assert sorted(args[0] for _, args in next_runs.calls) == [1, 2]


async def test_what_is_claimed_too_late_is_not_begun(redis: ArqRedis) -> None:
    """A lane that is lost while Redis answers the claim is not worked on; the claim counts as an attempt."""
    runs = Runs()
    await enqueue(redis)
    answers = iter([True, False])
    async with working(redis, runs, is_owner=lambda: next(answers, False)):
        async with asyncio.timeout(10):
            while not await redis.exists(f"arq:in-progress:{JOB}"):  # noqa: ASYNC110 - Redis sends no signal
                await asyncio.sleep(0.01)
    assert runs.calls == []
    assert await redis.get(f"arq:retry:{JOB}") == b"1"


async def test_a_take_over_that_comes_too_late_frees_nothing(redis: ArqRedis) -> None:
    """A process that was stopped on its way to the rescue leaves the jobs of the next owner alone."""
    runs = Runs(waits())
    await enqueue(redis)
    async with working(redis, runs):
        await runs.wait(1)
        assert await build(redis, Runs(), is_owner=Switch(is_on=False)).take_over() == 0
        assert await redis.exists(f"arq:in-progress:{JOB}")


async def test_a_killed_workers_job_on_a_shared_queue_is_free_within_seconds(redis: ArqRedis) -> None:
    """Where nobody takes over, the key of the dead runs out: not after arq's `job_timeout + 10 s`."""
    await enqueue(redis)
    assert await claim(build(redis, Runs())) == [JOB]
    assert 0 < await redis.pttl(f"arq:in-progress:{JOB}") <= 4000


async def test_a_job_that_ignores_its_cancellation_holds_up_nobody_for_ever(
    redis: ArqRedis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Closing waits a bounded time."""
    monkeypatch.setattr("tgforward.queue.lane_worker.JOBS_END_S", 0.2)
    release = asyncio.Event()

    async def job(_: dict[Any, Any]) -> Done:
        while not release.is_set():
            try:
                await release.wait()
            except asyncio.CancelledError:
                continue
        return Done()

    runs = Runs(job)
    await enqueue(redis)
    worker = build(redis, runs)
    main = asyncio.create_task(worker.async_run())
    await runs.wait(1)
    async with asyncio.timeout(5):
        await worker.close()
        await main
    release.set()
    async with asyncio.timeout(5):
        while worker.tasks:  # noqa: ASYNC110 - it ends by itself
            await asyncio.sleep(0.01)


async def test_cron_jobs_run(redis: ArqRedis) -> None:
    """The scheduler's chores are arq's cron jobs; one that fails is not repeated, and comes again in time."""
    called: asyncio.Queue[float] = asyncio.Queue()

    async def chore(ctx: dict[Any, Any]) -> None:
        await called.put(time.monotonic())
        raise LookupError("?")

    worker = LaneWorker(
        cron_jobs=[cron(chore, second=set(range(60)))],
        redis_pool=redis,
        queue_name=LANE,
        job_timeout=LONG,
        poll_delay=timedelta(milliseconds=20),
    )
    main = asyncio.create_task(worker.async_run())
    async with asyncio.timeout(10):
        first, second = await called.get(), await called.get()
    assert 0.5 < second - first < 1.5
    await worker.close()
    await main
    assert not await is_pending(redis, ConfigId(1))


async def test_a_blocked_loop_is_late() -> None:
    """A loop that was blocked is late at once, before anybody was woken up, and until one wake-up was in time."""
    lag = LoopLag(timedelta(milliseconds=200))
    watching = asyncio.create_task(lag.run())
    await asyncio.sleep(0.05)
    assert not lag.is_too_long()
    time.sleep(0.5)  # noqa: ASYNC251 - the fault that is looked for
    assert lag.is_too_long()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert lag.is_too_long()
    await asyncio.sleep(3 * TICK_S)
    assert not lag.is_too_long()
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
