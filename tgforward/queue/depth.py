"""Looking at queues and jobs without touching them."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from arq import ArqRedis

from tgforward.queue import names
from tgforward.queue.clock import redis_time
from tgforward.queue.failures import reachable
from tgforward.types import AccountId, ConfigId

POLL_S = 0.1


async def queue_depth(redis: ArqRedis) -> dict[str, int]:
    """How many jobs stand in each queue, waiting or running; the default queue is always named."""
    async with reachable(redis):
        return await _depth(redis)


@dataclass(frozen=True, slots=True)
class QueueLoad:
    """What one queue has to do."""

    waiting: int
    """Jobs that stand in it, running ones and those of a later moment included."""
    due: int
    """Those of them whose moment has come."""
    oldest_due: timedelta | None
    """How long ago the first of these fell due; None: none has."""


async def queue_loads(redis: ArqRedis) -> dict[str, QueueLoad]:
    """The load of each queue by Redis's clock; the default queue is always named.

    Raises:
        RedisUnreachable: it does not answer.
    """
    now_ms = await _now_ms(redis)
    async with reachable(redis):
        depth = await _depth(redis)
        async with redis.pipeline(transaction=False) as pipe:
            for queue in depth:
                pipe.zcount(queue, "-inf", now_ms)
                pipe.zrange(queue, 0, 0, withscores=True)
            found = await pipe.execute()
    pairs = zip(found[::2], found[1::2], strict=True)
    return {
        queue: QueueLoad(waiting, due, _ago(first[0][1], now_ms) if due and first else None)
        for (queue, waiting), (due, first) in zip(depth.items(), pairs, strict=True)
    }


async def overdue_jobs(redis: ArqRedis, configs: Mapping[ConfigId, AccountId]) -> dict[ConfigId, timedelta]:
    """How long ago the job of each config in its account's lane fell due, for those that have one and it has.

    Raises:
        RedisUnreachable: it does not answer.
    """
    lanes: dict[AccountId, list[ConfigId]] = {}
    for config_id, account_id in configs.items():
        lanes.setdefault(account_id, []).append(config_id)
    now_ms = await _now_ms(redis)
    async with reachable(redis), redis.pipeline(transaction=False) as pipe:
        for account_id, some in lanes.items():
            pipe.zmscore(names.lane_queue(account_id), [names.job_id(config_id) for config_id in some])
        scores = [score for lane in await pipe.execute() for score in lane]
    asked = (config_id for some in lanes.values() for config_id in some)
    jobs = zip(asked, scores, strict=True)
    return {config_id: _ago(score, now_ms) for config_id, score in jobs if score is not None and score <= now_ms}


async def _now_ms(redis: ArqRedis) -> int:
    return round((await redis_time(redis)).timestamp() * 1000)


def _ago(score: float, now_ms: int) -> timedelta:
    return timedelta(milliseconds=now_ms - score)


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
