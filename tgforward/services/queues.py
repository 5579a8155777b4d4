"""What waits in Redis, or why that is not known."""

from collections.abc import Mapping
from dataclasses import dataclass

from tgforward.errors import RedisUnreachable
from tgforward.queue.connect import Redis, connect
from tgforward.queue.depth import queue_depth
from tgforward.queue.names import lane_queue
from tgforward.services.redis_url import redis_url
from tgforward.settings import Settings
from tgforward.types import AccountId


@dataclass(frozen=True, slots=True)
class Queues:
    """How many jobs stand in each queue; `depth` is empty where Redis did not answer."""

    depth: Mapping[str, int]
    error: str | None = None

    def jobs_of(self, account_id: AccountId) -> int | None:
        """Jobs in an account's lane; None: unknown."""
        return self.depth.get(lane_queue(account_id), 0) if self.error is None else None


async def load_queues(redis: Redis) -> Queues:
    """The queues now."""
    return Queues(await queue_depth(redis))


async def ask_queues(settings: Settings) -> Queues:
    """The queues now, also where Redis is away.

    Raises:
        InvalidSettings: the URL of Redis cannot be read.
    """
    try:
        with redis_url(settings) as url:
            redis = await connect(url)
            try:
                return await load_queues(redis)
            finally:
                await redis.aclose()
    except RedisUnreachable as error:
        return Queues({}, str(error))
