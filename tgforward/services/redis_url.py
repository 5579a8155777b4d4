"""Which Redis this installation uses: the one that is set, else a private one in the data directory."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from tgforward.errors import RedisUnreachable
from tgforward.queue.embedded import EmbeddedRedis, embedded_directory
from tgforward.settings import Settings

GUARD_EVERY_S = 2.0

log = structlog.get_logger()


@contextmanager
def redis_url(settings: Settings) -> Iterator[str]:
    """The URL of Redis; the private server runs at least as long as the context.

    Raises:
        RedisUnreachable: the private server is needed and does not start.
    """
    if settings.redis_url is not None:
        yield settings.redis_url.get_secret_value()
        return
    with EmbeddedRedis(embedded_directory(settings.data_dir)) as server:
        yield server.url


async def guard_redis(settings: Settings) -> None:
    """Start the private server again whenever it has died, until cancelled; a Redis that is configured is not ours."""
    if settings.redis_url is not None:
        return
    server = EmbeddedRedis(embedded_directory(settings.data_dir))
    while True:
        await asyncio.sleep(GUARD_EVERY_S)
        try:
            await asyncio.to_thread(server.ensure_running)
        except RedisUnreachable as error:
            log.error("redis_not_restarted", error=str(error))
