"""A lane's worker: outcomes, attempts, hand-over, and a Redis that goes away."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
import structlog
from arq import ArqRedis
from arq.connections import RedisSettings, create_pool
from arq.utils import timestamp_ms
from arq.worker import Function, Worker, func

from tests.fixtures.redis import RedisServer
from tgforward.errors import PeerGone, TransientError
from tgforward.forwarding.outcomes import Continue, Done, Outcome, Parked, Snooze
from tgforward.queue import connect, lane_worker
from tgforward.queue.codec import deserialize, serialize
from tgforward.queue.depth import is_pending, wait_finished
from tgforward.queue.enqueue import enqueue_now
from tgforward.queue.lane_worker import LaneWorker
from tgforward.queue.slots import SlotAnswers, SlotEntry, enqueue_slots
from tgforward.queue.verdict import Backoff
from tgforward.types import AccountId, ConfigId

ACCOUNT, CONFIG = AccountId(7), ConfigId(1)
LANE, JOB = "arq:queue:lane:7", "forward:1"
QUICK = Backoff(base=timedelta(0))
LONG = timedelta(seconds=60)
Body = Callable[[dict[Any, Any]], Awaitable[Outcome | None]]


class Runs:
    """A job function that records its calls and ends each as the test says."""

    def __init__(self, *bodies: Body) -> None:
        self.calls: list[tuple[int, tuple[Any, ...]]] = []
        self._bodies = list(bodies)
        self.called = asyncio.Condition()

    async def run(self, ctx: dict[Any, Any], *args: Any) -> Outcome | None:
        async with self.called:
            self.calls.append((ctx["job_try"], args))
            self.called.notify_all()
        return await self._bodies.pop(0)(ctx) if self._bodies else Done()

    async def wait(self, count: int) -> None:
        """Wait until it was called `count` times."""
        async with asyncio.timeout(30), self.called:
            await self.called.wait_for(lambda: len(self.calls) >= count)

    @property
    def tries(self) -> list[int]:
        return [attempt for attempt, _ in self.calls]

    @property
    def function(self) -> Function:
        return func(self.run, name="forward_config")


def returns(outcome: Outcome | None) -> Body:
    async def body(_: dict[Any, Any]) -> Outcome | None:
        return outcome

    return body


def raises(error: BaseException) -> Body:
    async def body(_: dict[Any, Any]) -> Outcome:
        raise error

    return body


def waits(event: asyncio.Event | None = None) -> Body:
    async def body(_: dict[Any, Any]) -> Outcome:
        await (event or asyncio.Event()).wait()
        return Done()

    return body


def build(redis: ArqRedis, runs: Runs, **options: Any) -> LaneWorker:
    defaults = {"queue_name": LANE, "job_timeout": LONG, "poll_delay": timedelta(milliseconds=10), "backoff": QUICK}
    return LaneWorker([runs.function], redis_pool=redis, **{**defaults, **options})


@asynccontextmanager
async def working(redis: ArqRedis, runs: Runs, **options: Any) -> AsyncIterator[LaneWorker]:
    """A worker of the lane that runs inside the block."""
    worker = build(redis, runs, **options)
    main = asyncio.create_task(worker.async_run())
    try:
        yield worker
    finally:
        await worker.close()
        await main


async def claim(worker: LaneWorker) -> list[str]:
    """The worker claims one job, and dies."""
    catch = await worker._claims.claim(1, (), lane_worker.IN_PROGRESS)
    return [claimed.job_id for claimed in catch.jobs]


async def finished(redis: ArqRedis) -> None:
    assert await wait_finished(redis, CONFIG, timeout=LONG)


async def enqueue(redis: ArqRedis, config: int = 1) -> None:
    assert await enqueue_now(redis, ConfigId(config), 3, ACCOUNT)


async def keys(redis: ArqRedis) -> set[bytes]:
    """What arq stores, apart from the worker's health."""
    return {key for key in await redis.keys("arq:*") if not key.endswith(b":health-check")}


@pytest.mark.parametrize("outcome", [Done(), Parked("gone"), None])
async def test_job_without_successor_leaves_nothing(redis: ArqRedis, outcome: Outcome | None) -> None:
    """A job that is done, parked or says nothing runs once, gets its arguments, and leaves no key."""
    runs = Runs(returns(outcome))
    await enqueue(redis)
    async with working(redis, runs):
        await finished(redis)
    assert runs.calls == [(1, (1, 3))]
    assert await keys(redis) == set()


async def test_continue_runs_again_at_once(redis: ArqRedis) -> None:
    """Work that continues runs again with the same arguments and no attempt spent, pending all the while."""
    runs = Runs(*[returns(Continue())] * 7)
    await enqueue(redis)
    async with working(redis, runs, poll_delay=LONG, max_tries=2):
        await finished(redis)
    assert runs.calls == [(1, (1, 3))] * 8


async def test_snooze_waits_without_an_attempt(redis: ArqRedis) -> None:
    """A snoozed job stands in its queue with the deadline as score, runs not before it, and keeps its first attempt."""
    runs = Runs(returns(Snooze(timedelta(hours=1), "flood wait")))
    await enqueue(redis)
    async with working(redis, runs, max_tries=1):
        await runs.wait(1)
        await until_waiting(redis)
        [(job, score)] = await redis.zrange(LANE, 0, -1, withscores=True)
        assert job == JOB.encode()
        assert 3_590_000 < score - timestamp_ms() <= 3_600_000
        assert await redis.pttl(f"arq:job:{JOB}") > 86_400_000
        assert not await enqueue_now(redis, CONFIG, 3, ACCOUNT)
        assert await enqueue_now(redis, CONFIG, 4, ACCOUNT, hasten=True)
        await finished(redis)
    assert runs.calls == [(1, (1, 3)), (1, (1, 4))]


async def test_short_snooze_runs_by_itself(redis: ArqRedis) -> None:
    """The successor of a snoozed job runs after the delay."""
    delay = timedelta(milliseconds=150)
    runs = Runs(returns(Snooze(delay, "slow mode")))
    await enqueue(redis)
    began = asyncio.get_running_loop().time()
    async with working(redis, runs):
        await finished(redis)
    assert runs.tries == [1, 1]
    assert asyncio.get_running_loop().time() - began > delay.total_seconds()


async def test_slots_fall_out_while_snoozed(redis: ArqRedis) -> None:
    """A config that rests is not enqueued by its slots, and its rest is not cut short."""
    runs = Runs(returns(Snooze(timedelta(hours=1), "flood wait")))
    await enqueue(redis)
    async with working(redis, runs):
        await runs.wait(1)
        await until_waiting(redis)
        assert await enqueue_slots(redis, [SlotEntry(CONFIG, 3, ACCOUNT, 1000)]) == SlotAnswers(busy=[CONFIG])
    assert len(runs.calls) == 1


async def test_errors_are_retried(redis: ArqRedis) -> None:
    """A job that raises runs again, its attempts counted, until it succeeds; then the count is gone."""
    runs = Runs(raises(LookupError("?")), raises(TransientError("?", retry_after=timedelta(0))))
    await enqueue(redis)
    async with working(redis, runs):
        await finished(redis)
    assert runs.tries == [1, 2, 3]
    assert await keys(redis) == set()


async def test_retry_waits_for_what_the_error_asks(redis: ArqRedis) -> None:
    """An error that names a time is not retried before it."""
    runs = Runs(raises(TransientError("?", retry_after=timedelta(hours=1))))
    await enqueue(redis)
    async with working(redis, runs):
        await runs.wait(1)
        await until_waiting(redis)
        assert await redis.zscore(LANE, JOB) > timestamp_ms() + 3_590_000
        assert await redis.get(f"arq:retry:{JOB}") == b"1"


async def test_dead_after_the_last_attempt(redis: ArqRedis) -> None:
    """A job that keeps failing runs `max_tries` times, is logged as dead once, and is gone."""
    runs = Runs(*[raises(LookupError("a message's text"))] * 9)
    await enqueue(redis)
    with structlog.testing.capture_logs() as lines:
        async with working(redis, runs, max_tries=3):
            await finished(redis)
    assert runs.tries == [1, 2, 3]
    assert await keys(redis) == set()
    [dead] = [line for line in lines if line["event"] == "job_dead"]
    assert dead["error"] == "LookupError"
    assert isinstance(dead["exc_info"], LookupError)


async def test_permanent_error_is_not_retried(redis: ArqRedis) -> None:
    """An error that a retry cannot mend ends the job, and is logged as its own sentence without a traceback."""
    runs = Runs(raises(PeerGone("Config 1 cannot see its source.")))
    await enqueue(redis)
    with structlog.testing.capture_logs() as lines:
        async with working(redis, runs):
            await finished(redis)
    assert runs.tries == [1]
    [dead] = [line for line in lines if line["event"] == "job_dead"]
    assert (dead["error"], dead["exc_info"]) == ("Config 1 cannot see its source.", None)


async def test_timeout_is_retried(redis: ArqRedis) -> None:
    """A job that runs longer than the timeout is cancelled and retried."""
    runs = Runs(waits())
    await enqueue(redis)
    async with working(redis, runs, job_timeout=timedelta(milliseconds=100)):
        await finished(redis)
    assert runs.tries == [1, 2]


async def test_cancelled_call_is_a_retry(redis: ArqRedis) -> None:
    """A cancellation from inside the job, which is no shutdown, spends an attempt."""
    runs = Runs(raises(asyncio.CancelledError()))
    await enqueue(redis)
    async with working(redis, runs):
        await finished(redis)
    assert runs.tries == [1, 2]


async def test_shutdown_hands_back(redis: ArqRedis) -> None:
    """A job that a shutdown cancels is free at once, and its next run is the same attempt."""
    runs = Runs(raises(LookupError("?")), waits(), raises(LookupError("?")))
    await enqueue(redis)
    async with working(redis, runs, max_tries=3):
        await runs.wait(2)
    assert await keys(redis) == {b"arq:queue:lane:7", b"arq:job:forward:1", b"arq:retry:forward:1"}
    async with working(redis, runs, max_tries=3):
        await finished(redis)
    assert runs.tries == [1, 2, 2, 3]


async def test_close_right_after_start(redis: ArqRedis) -> None:
    """However early a worker is closed, no claim is left behind."""
    for turns in range(30):
        await enqueue_now(redis, CONFIG, 3, ACCOUNT)
        async with working(redis, Runs(waits())):
            for _ in range(turns):
                await asyncio.sleep(0)
        assert await redis.exists(f"arq:in-progress:{JOB}", f"arq:retry:{JOB}") == 0
        assert await is_pending(redis, CONFIG)


async def test_drain_lets_jobs_end(redis: ArqRedis) -> None:
    """A drained worker claims nothing more, and waits for what runs; the pool stays usable."""
    release = asyncio.Event()
    runs = Runs(waits(release))
    await enqueue(redis)
    async with working(redis, runs) as worker:
        await runs.wait(1)
        draining = asyncio.create_task(worker.drain(LONG))
        await asyncio.sleep(0)
        await enqueue(redis, 2)
        release.set()
        await draining
    assert runs.calls == [(1, (1, 3))]
    assert not await is_pending(redis, CONFIG)
    assert await is_pending(redis, ConfigId(2))


async def test_pause(redis: ArqRedis) -> None:
    """A paused worker claims nothing until the pause ends."""
    runs = Runs()
    async with working(redis, runs) as worker:
        worker.pause(LONG)
        await enqueue(redis)
        await asyncio.sleep(0.1)
        assert runs.calls == []
        worker.pause(timedelta(0))
        await finished(redis)
    assert runs.tries == [1]


async def test_lanes_share_a_pool(redis: ArqRedis) -> None:
    """Workers of several lanes share one pool, and one that closes leaves it to the others."""
    mine, other = Runs(), Runs()
    async with working(redis, other, queue_name="arq:queue:lane:8"):
        async with working(redis, mine):
            await enqueue(redis)
            await finished(redis)
        await enqueue_now(redis, CONFIG, 3, AccountId(8))
        await finished(redis)
    assert (mine.tries, other.tries) == ([1], [1])


async def test_limit_of_concurrent_jobs(redis: ArqRedis) -> None:
    """At most `max_jobs` run at a time, and a place that becomes free is filled without waiting for the poll."""
    running = most = 0
    together = asyncio.Barrier(4)

    async def body(_: dict[Any, Any]) -> Outcome:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await together.wait()
        running -= 1
        return Done()

    runs = Runs(*[body] * 100)
    await enqueue_slots(redis, [SlotEntry(ConfigId(i), 1, ACCOUNT, i) for i in range(1, 101)])
    async with working(redis, runs, max_jobs=4, poll_delay=LONG):
        await runs.wait(100)
    assert most == 4
    assert sorted(args[0] for _, args in runs.calls) == list(range(1, 101))


async def test_new_owner_takes_over(redis: ArqRedis) -> None:
    """A new owner frees what a dead one left in progress, spending its attempt; a stock worker's job stays."""
    await enqueue(redis)
    await enqueue(redis, 2)
    dead = build(redis, Runs(), queue_name=LANE)
    assert await claim(dead) == [JOB]
    await redis.set("arq:in-progress:forward:2", b"1")
    runs = Runs()
    async with working(redis, runs) as worker:
        assert await worker.take_over() == 1
        await finished(redis)
        assert runs.calls == [(2, (1, 3))]
        await redis.delete("arq:in-progress:forward:2")
        await runs.wait(2)


async def test_owner_starts_before_redis(redis_server: RedisServer) -> None:
    """An owner that starts while Redis is away takes its lane over when it comes, and can be closed before."""
    runs = Runs()
    redis = await connect(redis_server.url)
    await enqueue(redis)
    assert await claim(build(redis, Runs())) == [JOB]
    redis_server.kill()
    given_up, worker = build(redis, Runs()), build(redis, runs)
    mains = [asyncio.create_task(each.run_as_owner()) for each in (given_up, worker)]
    await asyncio.sleep(0.1)
    await given_up.close()
    await mains[0]
    await asyncio.to_thread(redis_server.start)
    await finished(redis)
    await worker.close()
    await mains[1]
    assert runs.tries == [2]
    await redis.aclose()


async def test_long_run_stays_in_progress(redis: ArqRedis, monkeypatch: pytest.MonkeyPatch) -> None:
    """The key of a running job is renewed, however long it runs."""
    monkeypatch.setattr(lane_worker, "IN_PROGRESS", timedelta(milliseconds=200))
    monkeypatch.setattr(lane_worker, "RENEW_S", 0.02)
    release = asyncio.Event()
    runs = Runs(waits(release))
    await enqueue(redis)
    async with working(redis, runs):
        await runs.wait(1)
        for _ in range(10):
            await asyncio.sleep(0.05)
            assert await redis.exists(f"arq:in-progress:{JOB}")
        release.set()
        await finished(redis)
    assert runs.tries == [1]


async def test_emptied_redis_in_mid_run(redis: ArqRedis) -> None:
    """A job enqueued anew after FLUSHALL runs after the present run, not beside it, and is not lost by its end."""
    release = asyncio.Event()
    runs = Runs(waits(release))
    await enqueue(redis)
    async with working(redis, runs):
        await runs.wait(1)
        await redis.flushall()
        await redis.script_flush()
        assert await enqueue_slots(redis, [SlotEntry(CONFIG, 4, ACCOUNT, 1000)]) == SlotAnswers(enqueued=1)
        await asyncio.sleep(0.1)
        assert len(runs.calls) == 1
        release.set()
        await finished(redis)
    assert runs.calls == [(1, (1, 3)), (1, (1, 4))]


async def test_emptied_redis_keeps_the_successor(redis: ArqRedis) -> None:
    """Work that continues goes on although Redis was emptied while it ran."""
    release = asyncio.Event()

    async def body(_: dict[Any, Any]) -> Outcome:
        await release.wait()
        return Continue()

    runs = Runs(body)
    await enqueue(redis)
    async with working(redis, runs):
        await runs.wait(1)
        await redis.flushall()
        release.set()
        await runs.wait(2)
        await finished(redis)


async def test_redis_restart(redis_server: RedisServer) -> None:
    """A Redis that is killed and comes back ends neither the worker nor the job that runs, which counts as done."""
    release = asyncio.Event()
    runs = Runs(waits(release))
    redis = await connect(redis_server.url)
    await enqueue(redis)
    with structlog.testing.capture_logs() as lines:
        async with working(redis, runs):
            await runs.wait(1)
            redis_server.kill()
            release.set()
            await until(lambda: any(line["event"] == "redis_lost" for line in lines))
            await asyncio.to_thread(redis_server.start)
            await finished(redis)
            await enqueue(redis, 2)
            await runs.wait(2)
    assert runs.calls == [(1, (1, 3)), (1, (2, 3))]
    assert [line["event"] for line in lines if line["event"].startswith("redis_")] == ["redis_lost", "redis_back"]
    await redis.aclose()


async def test_close_while_redis_is_away(redis_server: RedisServer) -> None:
    """A worker can be closed although Redis is gone; its job is free again when its key runs out."""
    runs = Runs(waits())
    redis = await connect(redis_server.url)
    await enqueue(redis)
    async with asyncio.timeout(10):
        async with working(redis, runs):
            await runs.wait(1)
            redis_server.kill()
    await redis.aclose()


@pytest.mark.parametrize("payload", [b"\x80\x02cos\nsystem\n(X\x04\x00\x00\x00truetR.", b"\xc1", b""])
async def test_unreadable_payload_is_removed(redis: ArqRedis, payload: bytes) -> None:
    """A payload that cannot be read is removed, and the worker goes on."""
    runs = Runs()
    await redis.set(f"arq:job:{JOB}", payload)
    await redis.zadd(LANE, {JOB: 1})
    await redis.set("arq:job:forward:2", serialize({"t": None, "f": "unknown", "a": [], "k": {}, "et": 1}))
    await redis.zadd(LANE, {"forward:2": 2})
    async with working(redis, runs):
        await finished(redis)
        assert await wait_finished(redis, ConfigId(2), timeout=LONG)
        await enqueue(redis)
        await runs.wait(1)


async def test_stock_client(redis: ArqRedis, redis_url: str) -> None:
    """A job that a stock client enqueues with its default pickle runs here."""
    path = redis_url.removeprefix("unix://").removesuffix("?db=0")
    stock = await create_pool(RedisSettings(unix_socket_path=path), default_queue_name=LANE)
    runs = Runs()
    async with working(redis, runs):
        job = await stock.enqueue_job("forward_config", 1)
        assert job is not None
        await runs.wait(1)
        assert await stock.enqueue_job("forward_config", 1, 5, _job_id=JOB) is not None
        await finished(redis)
        assert await stock.enqueue_job("forward_config", 1, 6, _job_id=JOB) is not None
        await finished(redis)
    assert [args for _, args in runs.calls] == [(1,), (1, 5), (1, 6)]
    await stock.aclose()


@pytest.mark.filterwarnings("ignore:Call to deprecated close:DeprecationWarning")  # arq calls it
async def test_stock_worker(redis: ArqRedis, redis_url: str) -> None:
    """A stock worker runs what we enqueue, and its end lets the config be enqueued again."""
    runs = Runs()
    own = await connect(redis_url)
    stock = Worker(
        [runs.function],
        redis_pool=own,
        queue_name=LANE,
        burst=True,
        keep_result=0,
        handle_signals=False,
        job_serializer=serialize,
        job_deserializer=deserialize,
        poll_delay=0.01,
    )
    await enqueue_slots(redis, [SlotEntry(CONFIG, 3, ACCOUNT, 1000)])
    await stock.async_run()
    assert runs.calls == [(1, (1, 3))]
    assert await enqueue_slots(redis, [SlotEntry(CONFIG, 3, ACCOUNT, 2000)]) == SlotAnswers(enqueued=1)
    await stock.async_run()
    assert len(runs.calls) == 2
    await stock.close()


async def until_waiting(redis: ArqRedis) -> None:
    """Wait until the job has ended and stands in its queue again."""
    async with asyncio.timeout(30):
        while await redis.exists(f"arq:in-progress:{JOB}"):  # noqa: ASYNC110 - Redis sends no signal
            await asyncio.sleep(0.01)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110 - a log line sends no signal
            await asyncio.sleep(0.01)
