"""What a way takes: wall time, and Redis's own CPU time."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from tgforward.queue.connect import Redis, connect


@dataclass(frozen=True, slots=True)
class Taken:
    """What one way needed for all jobs."""

    jobs: int
    queued: int
    """Jobs that stand in the queues afterwards."""
    seconds: float
    redis_s: float
    """Of Redis's CPU."""

    @property
    def per_s(self) -> float:
        """Jobs of each second."""
        return self.jobs / self.seconds

    @property
    def redis_us(self) -> float:
        """Redis's CPU for each job, in microseconds."""
        return self.redis_s / self.jobs * 1e6


@asynccontextmanager
async def emptied(socket: Path) -> AsyncIterator[Redis]:
    """Our connection pool to a Redis that knows no key."""
    redis = await connect(f"unix://{quote(str(socket))}?db=0")
    try:
        await redis.flushall()
        yield redis
    finally:
        await redis.aclose()


async def timed(redis: Redis, work: Callable[[], Awaitable[object]]) -> tuple[float, float]:
    """Seconds, and seconds of Redis's CPU, until the work is done."""
    cpu_s, started = await redis_cpu_s(redis), time.perf_counter()
    await work()
    return time.perf_counter() - started, await redis_cpu_s(redis) - cpu_s


async def redis_cpu_s(redis: Redis) -> float:
    """The CPU time that Redis has used since it started."""
    used = await redis.info("cpu")
    return float(used["used_cpu_user"]) + float(used["used_cpu_sys"])
