"""Stock arq as its users know it: one job that notes when it begins, and never ends."""

import asyncio
import time
from typing import Any

from arq.connections import RedisSettings

JOB_TIMEOUT_S = 5
QUEUE = "crash-test:stock"
STARTS = "crash-test:stock:starts"


async def work(ctx: dict[str, Any]) -> None:
    """Note the time and hang."""
    await ctx["redis"].rpush(STARTS, time.time())
    await asyncio.Event().wait()


class WorkerSettings:
    """Started in the directory where the Redis listens."""

    functions = (work,)
    queue_name = QUEUE
    job_timeout = JOB_TIMEOUT_S
    redis_settings = RedisSettings(unix_socket_path="redis.sock")
