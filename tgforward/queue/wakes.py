"""Being told that a queue has a new first job: one connection for all queues of a process."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import structlog
from arq import ArqRedis
from redis.asyncio.client import PubSub
from redis.exceptions import ConnectionError as LostConnection
from redis.exceptions import NoPermissionError, RedisError

from tgforward.queue.names import WAKE_PREFIX, wake_channel

QUIET_S = 10.0  # below the pool's socket timeout; then a server that says nothing is asked whether it lives
AGAIN_S = 0.5

Wake = Callable[[], None]

log = structlog.get_logger(__name__)


async def wake_queue(redis: ArqRedis, queue: str) -> None:
    """Tell whoever waits for the queue of a job that was put into it by arq's own `enqueue_job`."""
    with suppress(NoPermissionError):  # then it is found by polling
        await redis.publish(wake_channel(queue), b"")


@dataclass(slots=True)
class Wakes:
    """Calls whoever waits for a queue when a job is put in front of those that it knows.

    Messages are lost with the connection, so everybody is called when it is there (again). Between, workers poll.
    """

    redis: ArqRedis
    _sleepers: dict[str, Wake] = field(default_factory=dict)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Listen until cancelled."""
        while True:
            try:
                async with self.redis.pubsub() as messages, asyncio.TaskGroup() as loops:
                    await messages.subscribe(WAKE_PREFIX)  # which connects
                    loops.create_task(self._follow(messages))
                    loops.create_task(self._read(messages))
            except* (RedisError, OSError) as errors:
                log.info("wakes_lost", error=type(errors.exceptions[0]).__name__)
            await asyncio.sleep(AGAIN_S)

    @contextmanager
    def sleeping(self, queue: str, wake: Wake) -> Iterator[None]:
        """Inside, `wake` is called when the queue has a new first job."""
        channel = wake_channel(queue)
        self._sleepers[channel] = wake
        self._changed.set()
        try:
            yield
        finally:
            if self._sleepers.get(channel) is wake:  # else a younger owner of the same queue sleeps there
                del self._sleepers[channel]
            self._changed.set()

    async def _follow(self, messages: PubSub) -> None:
        """Subscribe to what somebody waits for, and to nothing else."""
        subscribed: set[str] = set()
        while True:
            self._changed.clear()
            wanted = set(self._sleepers)
            if wanted - subscribed:
                await messages.subscribe(*wanted - subscribed)
            if subscribed - wanted:
                await messages.unsubscribe(*subscribed - wanted)
            subscribed = wanted
            await self._changed.wait()

    async def _read(self, messages: PubSub) -> None:
        was_quiet = False
        while True:
            message = await messages.get_message(timeout=QUIET_S)
            if message is None and was_quiet:
                raise LostConnection("the server does not answer")
            if message is None:
                await messages.ping()
            elif message["type"] in ("message", "subscribe"):
                self._call(message["channel"].decode())
            was_quiet = message is None

    def _call(self, channel: str) -> None:
        if (wake := self._sleepers.get(channel)) is not None:
            wake()
