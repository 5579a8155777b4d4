"""Going on while Redis is away."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeVar

import structlog
from redis.exceptions import RedisError

FIRST_S, MOST_S = 0.1, 1.0  # a restarted server answers within a second; more patience only adds lateness
T = TypeVar("T")
log = structlog.get_logger(__name__)


async def wait_for(event: asyncio.Event, seconds: float) -> bool:
    """Wait until `event` is set, at most `seconds`; whether it is."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
    return event.is_set()


class Outage:
    """Repeats calls until Redis answers or `stopped` is set; an outage is logged once, and so is its end."""

    def __init__(self, stopped: asyncio.Event, *, queue: str) -> None:
        self._stopped = stopped
        self._queue = queue
        self._is_lost = False

    async def outlast(self, call: Callable[[], Awaitable[T]]) -> T:
        """What `call` answers; it must be safe to repeat, since a lost answer does not mean that nothing was done.

        Raises:
            RedisError, OSError: Redis is away, and nobody waits for it any more.
        """
        delay = FIRST_S
        while True:
            try:
                answer = await call()
            except (RedisError, OSError) as error:
                self._note_lost(error)
                if self._stopped.is_set():
                    raise
                await wait_for(self._stopped, delay)
                delay = min(2 * delay, MOST_S)
            else:
                self._note_back()
                return answer

    def _note_lost(self, error: Exception) -> None:
        if not self._is_lost:
            log.warning("redis_lost", queue=self._queue, error=f"{type(error).__name__}: {error}")
        self._is_lost = True

    def _note_back(self) -> None:
        if self._is_lost:
            log.info("redis_back", queue=self._queue)
        self._is_lost = False
