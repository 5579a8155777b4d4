"""Connections to Redis that tell a closed transport as what it is: a lost connection."""

from typing import Any

from arq import ArqRedis
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import ConnectionError as LostConnection


class _Telling(AbstractConnection):
    """redis-py takes an OSError for a lost connection.

    uvloop raises RuntimeError for a write to a transport that is closed already. Where two tasks use one connection,
    as those of a PubSub do, the other may have taken the writer away in between.
    """

    async def send_packed_command(self, *args: Any, **kwargs: Any) -> None:
        """As redis-py's.

        Raises:
            ConnectionError: redis-py's; also when the connection was closed meanwhile.
        """
        try:
            await super().send_packed_command(*args, **kwargs)
        except (RuntimeError, AttributeError) as error:
            raise LostConnection("the connection is closed") from error


def tell_closed(redis: ArqRedis) -> ArqRedis:
    """Make the connections that the pool is going to open tell a closed transport as a lost connection."""
    pool = redis.connection_pool
    kind = pool.connection_class
    pool.connection_class = type(kind.__name__, (_Telling, kind), {})
    return redis
