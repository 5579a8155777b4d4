"""What queues have to do, and which configs should have run by now."""

from datetime import timedelta

from arq import ArqRedis
from arq.utils import timestamp_ms

from tgforward.queue.depth import QueueLoad, overdue_jobs, queue_loads
from tgforward.queue.slots import SlotEntry, enqueue_slots
from tgforward.types import AccountId, ConfigId

ACCOUNT, OTHER = AccountId(7), AccountId(8)
LATE_MS, EARLY_MS = 5000, 60_000


async def enqueue_both(redis: ArqRedis) -> None:
    """Config 1 fell due, config 2 will, both in one lane."""
    now = timestamp_ms()
    await enqueue_slots(redis, [SlotEntry(ConfigId(1), 1, ACCOUNT, now - LATE_MS)])
    await enqueue_slots(redis, [SlotEntry(ConfigId(2), 1, ACCOUNT, now + EARLY_MS)])


async def test_the_load_of_a_queue(redis: ArqRedis) -> None:
    """Jobs of a later moment wait, but are not due; an empty queue has no oldest job."""
    await enqueue_both(redis)
    loads = await queue_loads(redis)
    load = loads["arq:queue:lane:7"]
    assert (load.waiting, load.due) == (2, 1)
    assert load.oldest_due is not None
    assert timedelta(milliseconds=LATE_MS - 100) < load.oldest_due < timedelta(milliseconds=LATE_MS + 10_000)
    assert loads["arq:queue"] == QueueLoad(0, 0, None)


async def test_only_what_fell_due_is_overdue(redis: ArqRedis) -> None:
    """A job of a later moment is not, nor is one that stands in another lane or nowhere."""
    await enqueue_both(redis)
    homes = {ConfigId(1): ACCOUNT, ConfigId(2): ACCOUNT, ConfigId(3): ACCOUNT}
    found = await overdue_jobs(redis, homes)
    assert list(found) == [ConfigId(1)]
    assert found[ConfigId(1)] >= timedelta(milliseconds=LATE_MS - 100)
    assert await overdue_jobs(redis, {ConfigId(1): OTHER}) == {}
    assert await overdue_jobs(redis, {}) == {}
