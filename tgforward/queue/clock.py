"""Redis's own clock: the workers compare due times with it, so the schedulers make due times by it."""

from datetime import UTC, datetime

from arq import ArqRedis

from tgforward.queue.failures import reachable


async def redis_time(redis: ArqRedis) -> datetime:
    """What time Redis thinks it is.

    Raises:
        RedisUnreachable: it does not answer.
    """
    async with reachable(redis):
        seconds, microseconds = await redis.time()
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=microseconds)
