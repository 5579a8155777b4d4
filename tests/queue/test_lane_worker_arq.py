"""What arq promises for its jobs, kept by our worker: results, aborts, timeouts, attempts and hooks."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from arq import ArqRedis
from arq.jobs import Job, JobStatus, SerializationError
from arq.worker import Retry, func

from tests.queue.test_lane_worker import LANE, QUICK, Runs, enqueue, finished, keys, raises, until, waits, working
from tgforward.forwarding.outcomes import Continue, Done
from tgforward.queue.judge import Hooks
from tgforward.queue.lane_worker import LaneWorker

LONG = timedelta(seconds=60)


def build(redis: ArqRedis, *functions: Any, **options: Any) -> LaneWorker:
    defaults = {"queue_name": LANE, "job_timeout": LONG, "poll_delay": timedelta(milliseconds=10), "backoff": QUICK}
    return LaneWorker(functions, redis_pool=redis, **{**defaults, **options})


async def ask(redis: ArqRedis, name: str, *args: Any, **options: Any) -> Job:
    job = await redis.enqueue_job(name, *args, _queue_name=LANE, **options)
    assert job is not None
    return job


async def test_a_result_is_kept_for_functions_that_ask(redis: ArqRedis) -> None:
    """`Job.result()` answers for a function with `keep_result`, for as long as it says; others leave nothing."""

    async def double(ctx: dict[Any, Any], *args: Any, **kwargs: Any) -> Any:
        return 2 * args[0]

    kept, plain = func(double, name="kept", keep_result=60), func(double, name="plain")
    eternal = func(double, name="eternal", keep_result_forever=True)
    worker = build(redis, kept, plain, eternal)
    main = asyncio.create_task(worker.async_run())
    jobs = [await ask(redis, name, number) for number, name in enumerate(("kept", "plain", "eternal"), 1)]
    assert await jobs[0].result(timeout=30, poll_delay=0.01) == 2
    assert await jobs[2].result(timeout=30, poll_delay=0.01) == 6
    await until(lambda: worker.jobs_complete == 3)
    await worker.close()
    await main
    assert await jobs[0].status() is JobStatus.complete
    assert 50_000 < await redis.pttl(f"arq:result:{jobs[0].job_id}") <= 60_000
    assert await redis.pttl(f"arq:result:{jobs[2].job_id}") == -1
    assert await jobs[1].status() is JobStatus.not_found
    info = await jobs[0].result_info()
    assert info is not None
    assert (info.function, info.job_try, info.success, info.queue_name) == ("kept", 1, True, LANE)


async def test_the_result_of_a_failed_job_says_so(redis: ArqRedis) -> None:
    """A job that is dead leaves the name of its error where its function keeps results."""
    worker = build(redis, func(Runs(raises(LookupError("a text"))).run, name="f", keep_result=60, max_tries=1))
    main = asyncio.create_task(worker.async_run())
    job = await ask(redis, "f")
    with pytest.raises(SerializationError, match="LookupError"):
        await job.result(timeout=30, poll_delay=0.01)
    await worker.close()
    await main
    assert worker.jobs_failed == 1


async def test_a_running_job_is_aborted(redis: ArqRedis) -> None:
    """`Job.abort()` cancels a job that runs and is told so; it is not tried again."""
    runs = Runs(waits())
    worker = build(redis, func(runs.run, name="f", keep_result=60), allow_abort_jobs=True)
    main = asyncio.create_task(worker.async_run())
    job = await ask(redis, "f")
    await runs.wait(1)
    assert await job.abort(timeout=30, poll_delay=0.01)
    await worker.close()
    await main
    assert runs.tries == [1]
    assert await keys(redis) == {f"arq:result:{job.job_id}".encode()}


async def test_a_waiting_job_is_aborted(redis: ArqRedis) -> None:
    """A job that is aborted before it begins never runs."""
    runs = Runs()
    job = await ask(redis, "f", _defer_by=3600)
    aborting = asyncio.create_task(job.abort(timeout=30, poll_delay=0.01))
    async with asyncio.timeout(10):
        while not await redis.exists("arq:abort"):  # noqa: ASYNC110 - Redis sends no signal
            await asyncio.sleep(0.01)
    worker = build(redis, func(runs.run, name="f", keep_result=60), allow_abort_jobs=True)
    main = asyncio.create_task(worker.async_run())
    assert await aborting
    await worker.close()
    await main
    assert runs.calls == []


async def test_hooks_are_called_in_order(redis: ArqRedis) -> None:
    """A hook before the job, one after it, and one when Redis knows of its end; all see the job's context."""
    calls: list[tuple[str, int, int]] = []

    def hook(name: str) -> Any:
        async def called(ctx: dict[Any, Any]) -> None:
            calls.append((name, ctx["job_try"], await redis.exists(f"arq:in-progress:{ctx['job_id']}")))

        return called

    async def body(ctx: dict[Any, Any]) -> Done:
        await hook("job")(ctx)
        return Done()

    hooks = Hooks(hook("start"), hook("end"), hook("after"))
    runs = Runs(body)
    await enqueue(redis)
    async with working(redis, runs, hooks=hooks):
        await finished(redis)
        await until(lambda: len(calls) == 4)
    assert calls == [("start", 1, 1), ("job", 1, 1), ("end", 1, 1), ("after", 1, 0)]


async def test_a_hook_that_fails_before_the_job_spends_an_attempt(redis: ArqRedis) -> None:
    """The job does not run without its hook; the next attempt calls the hook again."""
    attempts: list[int] = []

    async def start(ctx: dict[Any, Any]) -> None:
        attempts.append(ctx["job_try"])
        if len(attempts) == 1:
            raise LookupError

    runs = Runs()
    await enqueue(redis)
    async with working(redis, runs, hooks=Hooks(on_job_start=start)):
        await finished(redis)
    assert (attempts, runs.tries) == ([1, 2], [2])


async def test_a_hook_that_fails_after_the_job_changes_nothing(redis: ArqRedis) -> None:
    """What the job did is done, and it does not run again."""

    async def end(_: dict[Any, Any]) -> None:
        raise LookupError

    runs = Runs()
    await enqueue(redis)
    async with working(redis, runs, hooks=Hooks(on_job_end=end, after_job_end=end)):
        await finished(redis)
    assert runs.tries == [1]
    assert await keys(redis) == set()


async def test_arqs_retry_waits_as_long_as_it_says(redis: ArqRedis) -> None:
    """`Retry(defer=…)` spends an attempt and keeps its time."""
    runs = Runs(raises(Retry(defer=0.2)))
    await enqueue(redis)
    began = asyncio.get_running_loop().time()
    async with working(redis, runs):
        await finished(redis)
    assert runs.tries == [1, 2]
    assert asyncio.get_running_loop().time() - began > 0.2


async def test_a_client_may_set_the_attempt(redis: ArqRedis) -> None:
    """A job that says which attempt it is goes on counting from there."""
    runs = Runs(*[raises(LookupError())] * 9)
    await ask(redis, "forward_config", _job_try=3)
    async with working(redis, runs, max_tries=4):
        await until(lambda: len(runs.calls) == 2)
        async with asyncio.timeout(10):
            while await redis.zcard(LANE):  # noqa: ASYNC110 - Redis sends no signal
                await asyncio.sleep(0.01)
    assert runs.tries == [3, 4]


async def test_limits_of_a_function_win(redis: ArqRedis) -> None:
    """A function's own timeout and number of attempts count, not the worker's."""
    runs = Runs(waits(), waits(), waits())
    worker = build(redis, func(runs.run, name="f", timeout=0.05, max_tries=2))
    main = asyncio.create_task(worker.async_run())
    await ask(redis, "f")
    await until(lambda: worker.jobs_failed == 1)
    await worker.close()
    await main
    assert runs.tries == [1, 2]
    assert (worker.jobs_retried, worker.jobs_complete) == (1, 0)


async def test_a_payload_that_is_none_of_arqs_is_refused(redis: ArqRedis) -> None:
    """Plain data that does not describe a job ends the job, not the worker."""
    runs = Runs(*[lambda _: _continue()] * 1)
    wrong: list[dict[str, Any]] = [{"f": [1]}, {"t": "x"}, {"et": "x"}, {"k": 5}, {"a": 5}]
    for number, data in enumerate(wrong):
        job = {"t": None, "f": "forward_config", "a": [], "k": {}, "et": 1, **data}
        await redis.set(f"arq:job:bad{number}", redis.job_serializer(job))  # type: ignore[misc]  # it has one
        await redis.zadd(LANE, {f"bad{number}": 1})
    async with working(redis, runs, max_tries=1):
        async with asyncio.timeout(10):
            while await redis.zcard(LANE):  # noqa: ASYNC110 - Redis sends no signal
                await asyncio.sleep(0.01)
        await enqueue(redis)
        await finished(redis)
    assert [args for _, args in runs.calls] == [(1, 3), (1, 3)]


async def _continue() -> Continue:
    return Continue()
