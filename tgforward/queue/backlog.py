"""How much work waits: jobs that are due, and for how long."""

from dataclasses import dataclass
from datetime import timedelta

from arq import ArqRedis

from tgforward.queue import names
from tgforward.queue.failures import reachable
from tgforward.queue.scripts import BACKLOG, run_script

QUEUES_AT_ONCE = 50  # a script of 50 lanes with 1,000 due jobs each holds Redis for about 20 ms
LOOK_AT = 1000  # a lane runs fewer at once; those are the oldest


@dataclass(frozen=True, slots=True)
class Backlog:
    """All queues together; cron jobs, which are scheduled by their worker alone, do not count."""

    due: int = 0
    """Jobs that could run now and do not."""
    running: int = 0
    later: int = 0
    """Jobs whose time has not come."""
    oldest: timedelta = timedelta(0)
    """For how long the oldest of those that could run has been due."""

    def __add__(self, other: "Backlog") -> "Backlog":
        return Backlog(
            self.due + other.due,
            self.running + other.running,
            self.later + other.later,
            max(self.oldest, other.oldest),
        )


async def load_backlog(redis: ArqRedis) -> Backlog:
    """What waits in the lanes and in arq's default queue.

    Raises:
        RedisUnreachable: nothing is known.
    """
    async with reachable(redis):
        known = {name.decode() for name in await redis.smembers(names.QUEUES)}  # type: ignore[misc]  # redis-py: sync or async
        queues = sorted(known | {names.DEFAULT_QUEUE})
        found = Backlog()
        for start in range(0, len(queues), QUEUES_AT_ONCE):
            due, running, later, oldest_ms = await run_script(
                redis, BACKLOG, LOOK_AT, *queues[start : start + QUEUES_AT_ONCE]
            )
            found += Backlog(due, running, later, timedelta(milliseconds=oldest_ms))
    return found
