"""How a worker claims, sleeps and finishes: in batches, out of others' way, and only when there is something to do."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from arq import ArqRedis
from arq.utils import timestamp_ms
from arq.worker import Worker

from tests.queue.test_lane_worker import ACCOUNT, CONFIG, JOB, LANE, Runs, build, enqueue, finished, waits, working
from tests.worker.build import listening
from tgforward.forwarding.outcomes import Done
from tgforward.queue import connect
from tgforward.queue.claims import Claims
from tgforward.queue.codec import deserialize, serialize
from tgforward.queue.lane_worker import IN_PROGRESS
from tgforward.queue.slots import SlotEntry, enqueue_slots
from tgforward.types import ConfigId

LONG = timedelta(seconds=60)


def entries(count: int, slot_ms: int = 1000) -> list[SlotEntry]:
    return [SlotEntry(ConfigId(i), 3, ACCOUNT, slot_ms) for i in range(1, count + 1)]


async def script_calls(redis: ArqRedis) -> int:
    """How many scripts the server has run."""
    stats = await redis.info("commandstats")
    return sum(stats.get(f"cmdstat_{name}", {}).get("calls", 0) for name in ("eval", "evalsha"))


async def test_what_runs_leaves_the_head_of_the_queue(redis: ArqRedis) -> None:
    """Workers that share a queue fill all of their slots, however many jobs run already."""
    release = asyncio.Event()
    runs = Runs(*[waits(release)] * 120)
    await enqueue_slots(redis, entries(120))
    async with working(redis, runs, max_jobs=40), working(redis, runs, max_jobs=40), working(redis, runs, max_jobs=40):
        await runs.wait(120)
        assert await redis.zcount(LANE, "-inf", timestamp_ms()) == 0
        assert await redis.zcard(LANE) == 120
        release.set()
    assert sorted(args[0] for _, args in runs.calls) == list(range(1, 121))


async def test_what_stock_workers_run_is_read_past(redis: ArqRedis) -> None:
    """Jobs that stock workers leave at the head, running, keep nobody from those behind them."""
    runs = Runs()
    await enqueue_slots(redis, entries(300))
    for config in range(1, 300):
        await redis.set(f"arq:in-progress:forward:{config}", b"1")
    await redis.zadd(LANE, {"forward:300": 2000})
    async with working(redis, runs, max_jobs=10):
        await runs.wait(1)
    assert runs.calls == [(1, (300, 3))]


async def test_a_claim_whose_answer_was_lost_is_made_again(redis: ArqRedis) -> None:
    """What Redis gave to a call that never heard of it is given to the next one, as the same attempt."""
    await enqueue(redis)
    claims = Claims(redis, LANE, "lane:me", sees_aborts=False)
    first = await claims.claim(5, (), IN_PROGRESS)
    assert (await claims.claim(5, (), IN_PROGRESS)).jobs == []
    claims._lost_answer = True
    again = await claims.claim(5, (), IN_PROGRESS)
    assert [(job.job_id, job.attempt, job.payload) for job in again.jobs] == [(JOB, 1, first.jobs[0].payload)]
    assert (await claims.claim(5, (), IN_PROGRESS)).jobs == []


async def test_jobs_leave_in_batches(redis: ArqRedis) -> None:
    """Hundreds of short jobs cost a few scripts."""
    runs = Runs()
    await enqueue_slots(redis, entries(500))
    before = await script_calls(redis)
    async with working(redis, runs, max_jobs=100, poll_delay=LONG):
        await runs.wait(500)
        await finished(redis)
    assert await script_calls(redis) - before < 50
    assert await redis.keys("arq:*:forward:*") == []


async def test_a_sleeping_worker_is_woken(redis: ArqRedis) -> None:
    """A worker that does not poll runs what is enqueued at once, also on a connection that was made anew."""
    runs = Runs()
    async with listening(redis) as wakes, working(redis, runs, poll_delay=LONG, wakes=wakes):
        await enqueue(redis)
        await finished(redis)
        [listener] = [client for client in await redis.client_list() if client["sub"] != "0"]
        await redis.client_kill_filter(_id=listener["id"])
        await enqueue(redis, 2)
        await runs.wait(2)
    assert [args for _, args in runs.calls] == [(1, 3), (2, 3)]


async def test_a_worker_sleeps_until_a_job_is_due(redis: ArqRedis) -> None:
    """A slot that was enqueued ahead starts at its time: not before, and without anybody asking for it."""
    started: list[int] = []

    async def body(_: dict[Any, Any]) -> Done:
        started.append(timestamp_ms())
        return Done()

    runs, due = Runs(body), timestamp_ms() + 700
    async with listening(redis) as wakes, working(redis, runs, poll_delay=LONG, wakes=wakes):
        await asyncio.sleep(0.1)  # the worker has looked
        before = await script_calls(redis)
        await enqueue_slots(redis, [SlotEntry(CONFIG, 3, ACCOUNT, due)])
        await runs.wait(1)
        assert await script_calls(redis) - before <= 4  # ours, the woken one's, and the claim; one that came too early
    assert started[0] >= due


async def test_many_sleepers_share_one_connection(redis: ArqRedis) -> None:
    """A process with many lanes listens once, and hears of all of them."""
    runs = Runs()
    async with listening(redis) as wakes, _workers(redis, runs, wakes):
        listeners = [client for client in await redis.client_list() if client["sub"] != "0"]
        assert len(listeners) == 1
        for lane in range(50):
            await redis.enqueue_job("forward_config", lane, _queue_name=f"lane:{lane}")
            await redis.publish(f"tgforward:wake:lane:{lane}", b"")
        await runs.wait(50)


@asynccontextmanager
async def _workers(redis: ArqRedis, runs: Runs, wakes: Any) -> AsyncIterator[None]:
    workers = [build(redis, runs, queue_name=f"lane:{lane}", poll_delay=LONG, wakes=wakes) for lane in range(50)]
    mains = [asyncio.create_task(worker.async_run()) for worker in workers]
    async with asyncio.timeout(30):
        while (await redis.pubsub_numsub("tgforward:wake:lane:49"))[0][1] == 0:  # noqa: ASYNC110 - no signal
            await asyncio.sleep(0.01)
    try:
        yield
    finally:
        for worker in workers:
            await worker.close()
        await asyncio.gather(*mains)


@pytest.mark.filterwarnings("ignore:Call to deprecated close:DeprecationWarning")  # arq calls it
async def test_a_mixed_fleet_runs_every_job_once(redis: ArqRedis, redis_url: str) -> None:
    """Two stock workers and two of ours share a queue: nothing is lost, nothing runs twice, and both kinds work."""
    together = asyncio.Barrier(20)

    async def body(_: dict[Any, Any]) -> Done:
        await together.wait()  # all slots of all four are filled, again and again
        return Done()

    ours, theirs = Runs(*[body] * 400), Runs(*[body] * 400)
    stock = [await _stock_worker(redis_url, theirs) for _ in range(2)]
    await enqueue_slots(redis, entries(400))
    async with asyncio.timeout(60), working(redis, ours, max_jobs=5), working(redis, ours, max_jobs=5):
        await asyncio.gather(*(worker.async_run() for worker in stock))
    for worker in stock:
        await worker.close()
    ran = [args[0] for runs in (ours, theirs) for _, args in runs.calls]
    assert sorted(ran) == list(range(1, 401))
    assert len(ours.calls) == len(theirs.calls) == 200
    assert await redis.keys("arq:*:forward:*") == []


async def _stock_worker(redis_url: str, runs: Runs) -> Worker:
    return Worker(
        [runs.function],
        redis_pool=await connect(redis_url),
        queue_name=LANE,
        burst=True,  # until nothing waits or runs
        keep_result=0,
        handle_signals=False,
        job_serializer=serialize,
        job_deserializer=deserialize,
        poll_delay=0.01,
        max_jobs=5,
    )
