"""Waiting inside redis-py for a server that comes back, for pools whose user (a stock arq worker) ends at any error."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Self, TypeVar

from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

T = TypeVar("T")
LOST: list[type[Exception]] = [RedisConnectionError, RedisTimeoutError, OSError]


class Patience(Retry):
    """Repeats a call for `limit`, with waits up to a second.

    A call that is cancelled while it waits means that its process ends: no other call waits after that, until Redis
    answers again.
    """

    __slots__ = ("_is_over", "_limit_s")

    def __init__(self, limit: timedelta) -> None:
        super().__init__(ExponentialBackoff(cap=1.0, base=0.05), -1, tuple(LOST))  # type: ignore[arg-type]  # OSError too
        self._limit_s = limit.total_seconds()
        self._is_over = False

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self  # redis-py copies it for every connection

    async def call_with_retry(self, do: Callable[[], Awaitable[T]], fail: Callable[[Any], Any]) -> T:
        """What `do` answers.

        Raises:
            RedisError, OSError: the last error, when the patience is over.
        """
        deadline = time.monotonic() + self._limit_s

        waited = False

        async def fail_late(error: Exception) -> None:
            nonlocal waited
            waited = True
            await fail(error)
            if self._is_over or time.monotonic() > deadline:
                raise error

        try:
            answer = await super().call_with_retry(do, fail_late)
        except asyncio.CancelledError:
            self._is_over = self._is_over or waited
            raise
        self._is_over = False
        return answer
