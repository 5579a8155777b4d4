"""What a process needs that speaks to no Telegram: database, Redis and clock."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol

from tgforward.clock import Clock, SystemClock
from tgforward.db.session import SessionFactory
from tgforward.metrics.process import Metrics, make_metrics
from tgforward.queue.connect import Redis, connect
from tgforward.services.database import Stored, open_database
from tgforward.services.redis_url import redis_url
from tgforward.settings import Settings


class StoredAndQueued(Stored, Protocol):
    """What a use case needs that speaks to both stores; `Deps` of a process has it too."""

    @property
    def redis(self) -> Redis:
        """A connection pool."""
        ...

    @property
    def metrics(self) -> Metrics:
        """What the process measures."""
        ...


@dataclass(frozen=True, slots=True)
class Stores:
    """Both stores and no Telegram: Telethon's 50 MB are not loaded."""

    session_factory: SessionFactory
    redis: Redis
    clock: Clock = field(default_factory=SystemClock)
    metrics: Metrics = field(default_factory=make_metrics)


@asynccontextmanager
async def open_stores(settings: Settings) -> AsyncIterator[Stores]:
    """Both, on connections of their own.

    Raises:
        TgforwardError: a setting is wrong, or a store is away.
    """
    async with open_database(settings) as factory:
        with redis_url(settings) as url:
            redis = await connect(url)
            try:
                yield Stores(factory, redis)
            finally:
                await redis.aclose()
