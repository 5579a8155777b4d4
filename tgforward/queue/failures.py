"""What redis-py says when Redis is away, in our words."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from arq import ArqRedis
from redis.exceptions import RedisError

from tgforward.errors import RedisUnreachable


@asynccontextmanager
async def reachable(redis: ArqRedis) -> AsyncIterator[None]:
    """Translates what goes wrong between us and Redis.

    Raises:
        RedisUnreachable: no connection, no answer, or Redis refuses to work (loading, read-only, out of memory).
    """
    try:
        yield
    except (RedisError, OSError) as error:
        raise RedisUnreachable(
            f"Redis at {place_of(redis)} cannot be used ({error}): start it, or correct REDIS_URL"
        ) from error


def place_of(redis: ArqRedis) -> str:
    """Where the pool connects to: a socket's path, or host and port."""
    options = redis.connection_pool.connection_kwargs
    return str(options.get("path") or f"{options.get('host')}:{options.get('port')}")
