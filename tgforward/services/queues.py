"""What waits in Redis, or why that is not known."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeAlias

from tgforward.errors import RedisUnreachable
from tgforward.queue.connect import Redis, connect
from tgforward.queue.depth import QueueLoad, overdue_jobs, queue_loads
from tgforward.queue.names import lane_queue
from tgforward.queue.stretches import load_stretches
from tgforward.services.lags import Lags, ask_lags
from tgforward.services.redis_url import redis_url
from tgforward.settings import Settings
from tgforward.types import AccountId, ConfigId

Homes: TypeAlias = Mapping[ConfigId, AccountId]
"""Configs and the accounts in whose lanes their jobs stand."""


@dataclass(frozen=True, slots=True)
class Queues:
    """The load of each queue, and which configs should have run by now; both empty where Redis did not answer."""

    loads: Mapping[str, QueueLoad]
    overdue: Mapping[ConfigId, timedelta] = field(default_factory=dict)
    """How long ago the jobs of the configs that were asked for fell due."""
    lags: Lags = field(default_factory=dict)
    """How far configs are behind; empty unless the owners of their lanes were asked."""
    stretches: Mapping[AccountId, timedelta] = field(default_factory=dict)
    """By how much the intervals of those accounts are stretched of which that was told."""
    error: str | None = None

    def load_of(self, account_id: AccountId) -> QueueLoad | None:
        """What an account's lane has to do; None: unknown."""
        return self.loads.get(lane_queue(account_id), QueueLoad(0, 0, None)) if self.error is None else None


Look: TypeAlias = Callable[[Homes, Collection[AccountId]], Awaitable[Queues]]
"""A way to look at the queues: `partial(load_queues, redis)` or `partial(ask_queues, settings)`."""


async def load_queues(
    redis: Redis, homes: Homes, owned: Collection[AccountId] = (), *, with_lags: bool = False
) -> Queues:
    """The queues now; with lags, if those who own lanes are to be asked."""
    lags = await ask_lags(redis, set(owned) & set(homes.values())) if with_lags else {}
    stretches = await load_stretches(redis, list(owned))
    return Queues(await queue_loads(redis), await overdue_jobs(redis, homes), lags, stretches)


async def ask_queues(
    settings: Settings, homes: Homes, owned: Collection[AccountId] = (), *, with_lags: bool = False
) -> Queues:
    """The queues now, also where Redis is away.

    Raises:
        InvalidSettings: the URL of Redis cannot be read.
    """
    try:
        with redis_url(settings) as url:
            redis = await connect(url)
            try:
                return await load_queues(redis, homes, owned, with_lags=with_lags)
            finally:
                await redis.aclose()
    except RedisUnreachable as error:
        return Queues({}, error=str(error))
