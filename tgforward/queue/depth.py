"""Looking at queues and jobs without touching them."""

import asyncio
from datetime import timedelta

from arq import ArqRedis

from tgforward.queue import names
from tgforward.queue.failures import reachable
from tgforward.types import ConfigId

POLL_S = 0.1


async def queue_depth(redis: ArqRedis) -> dict[str, int]:
    """How many jobs stand in each queue, waiting or running; the default queue is always named."""
    async with reachable(redis):
        return await _depth(redis)


async def _depth(redis: ArqRedis) -> dict[str, int]:
    known = {name.decode() for name in await redis.smembers(names.QUEUES)}  # type: ignore[misc]  # redis-py: sync or async
    queues = sorted(known | {names.DEFAULT_QUEUE})
    async with redis.pipeline(transaction=False) as pipe:
        for queue in queues:
            pipe.zcard(queue)
        return dict(zip(queues, await pipe.execute(), strict=True))


async def is_pending(redis: ArqRedis, config_id: ConfigId) -> bool:
    """Whether a job of the config waits or runs."""
    job = names.job_id(config_id)
    async with reachable(redis):
        return bool(await redis.exists(names.payload_key(job), names.in_progress_key(job)))


async def wait_finished(redis: ArqRedis, config_id: ConfigId, *, timeout: timedelta | None = None) -> bool:  # noqa: ASYNC109 - a plain answer, no exception, when time is up
    """Wait until no job of the config waits or runs; False when that was still so after `timeout`."""
    seconds = None if timeout is None else timeout.total_seconds()
    try:
        async with asyncio.timeout(seconds):
            while await is_pending(redis, config_id):  # noqa: ASYNC110 - another process ends the job
                await asyncio.sleep(POLL_S)
    except TimeoutError:
        return False
    return True
