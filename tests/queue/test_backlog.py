"""How much work waits."""

import time
from datetime import timedelta

from arq import ArqRedis

from tgforward.queue.backlog import Backlog, load_backlog
from tgforward.queue.enqueue import enqueue_now
from tgforward.queue.names import in_progress_key, job_id
from tgforward.queue.slots import SlotEntry, enqueue_slots
from tgforward.types import AccountId, ConfigId


async def test_an_empty_redis_has_no_backlog(redis: ArqRedis) -> None:
    """Nothing waits where nothing was enqueued."""
    assert await load_backlog(redis) == Backlog()


async def test_jobs_are_told_apart(redis: ArqRedis) -> None:
    """Due jobs, running ones and those for later are counted over all lanes; the age is of the oldest that waits."""
    now_ms = int(time.time() * 1000)
    slots = [SlotEntry(ConfigId(number), 1, AccountId(number % 70), now_ms - number * 1000) for number in range(1, 101)]
    await enqueue_slots(redis, slots)
    await enqueue_now(redis, ConfigId(500), 1, AccountId(3), delay=timedelta(hours=1))
    await redis.set(in_progress_key(job_id(ConfigId(100))), b"lane:somebody")

    found = await load_backlog(redis)

    assert (found.due, found.running, found.later) == (99, 1, 1)
    assert timedelta(seconds=99) <= found.oldest < timedelta(seconds=109)
