"""What a Redis server says of itself, for people who look for what is wrong."""

from dataclasses import dataclass
from datetime import datetime

from arq import ArqRedis
from redis.exceptions import NoPermissionError

from tgforward.queue.clock import redis_time
from tgforward.queue.failures import reachable


@dataclass(frozen=True, slots=True)
class RedisFacts:
    """A Redis server; what the user may not ask for is None."""

    version: str | None
    eviction_policy: str | None
    """What it does when its memory is full."""
    is_persistent: bool | None
    """Whether its append-only file is on, so that jobs survive a restart."""
    now: datetime
    """What time it is there."""


async def load_facts(redis: ArqRedis) -> RedisFacts:
    """The facts now.

    Raises:
        RedisUnreachable: it does not answer.
    """
    now = await redis_time(redis)
    async with reachable(redis):
        try:
            found = await redis.info()
        except NoPermissionError:
            found = {}
    is_persistent = bool(found["aof_enabled"]) if "aof_enabled" in found else None
    return RedisFacts(found.get("redis_version"), found.get("maxmemory_policy"), is_persistent, now)
