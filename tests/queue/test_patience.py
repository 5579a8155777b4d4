"""A stock arq worker over a restart of Redis."""

import asyncio
import time
from datetime import timedelta
from typing import Any

import pytest
from arq.connections import create_pool
from arq.worker import Worker, func
from redis.exceptions import RedisError

from tests.fixtures.redis import RedisServer
from tgforward.queue.codec import deserialize, serialize
from tgforward.queue.connect import redis_settings

MINUTE = timedelta(minutes=1)
pytestmark = pytest.mark.filterwarnings("ignore:Call to deprecated close:DeprecationWarning")  # arq calls it


def stock_worker(url: str, ran: "asyncio.Queue[int]") -> Worker:
    async def job(ctx: dict[Any, Any], number: int) -> None:
        await ran.put(number)

    return Worker(
        [func(job, name="job")],
        redis_settings=redis_settings(url, patience=MINUTE),
        poll_delay=0.01,
        keep_result=0,
        handle_signals=False,
        job_serializer=serialize,
        job_deserializer=deserialize,
    )


async def enqueue(url: str, number: int) -> None:
    redis = await create_pool(redis_settings(url, patience=MINUTE), job_serializer=serialize)
    assert await redis.enqueue_job("job", number) is not None
    await redis.aclose()


async def test_stock_worker_outlives_a_restart(redis_server: RedisServer) -> None:
    """A stock worker with patient settings goes on when Redis was away."""
    ran: asyncio.Queue[int] = asyncio.Queue()
    worker = stock_worker(redis_server.url, ran)
    main = asyncio.create_task(worker.async_run())
    for number in range(3):
        await enqueue(redis_server.url, number)
        async with asyncio.timeout(30):
            assert await ran.get() == number
        redis_server.kill()
        await asyncio.sleep(0.2)
        assert not main.done()
        await asyncio.to_thread(redis_server.start)
    async with asyncio.timeout(30):
        while worker.tasks:  # noqa: ASYNC110 - arq gives no signal; it cannot be closed while a job is being finished
            await asyncio.sleep(0.01)
    await worker.close()
    with pytest.raises(asyncio.CancelledError):
        await main


async def test_end_does_not_wait_for_redis(redis_server: RedisServer) -> None:
    """A stock worker that is told to end while it waits for Redis ends at once."""
    worker = stock_worker(redis_server.url, asyncio.Queue())
    main = asyncio.create_task(worker.async_run())
    await enqueue(redis_server.url, 1)
    redis_server.kill()
    await asyncio.sleep(0.2)
    began = time.monotonic()
    main.cancel()
    with pytest.raises(asyncio.CancelledError):
        await main
    with pytest.raises(RedisError):
        await worker.pool.ping()
    assert time.monotonic() - began < 5
    await worker.pool.aclose()


async def test_patience_ends(redis_server: RedisServer) -> None:
    """When the patience is over the last error is raised."""
    redis = await create_pool(redis_settings(redis_server.url, patience=timedelta(milliseconds=300)))
    redis_server.kill()
    began = time.monotonic()
    with pytest.raises(RedisError):
        await redis.ping()
    assert 0.3 < time.monotonic() - began < 10
    await redis.aclose()
