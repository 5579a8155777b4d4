"""Each slot once, each config at most once at a time."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

from arq import ArqRedis
from arq.jobs import deserialize_job_raw
from arq.utils import timestamp_ms
from redis.asyncio.client import PubSub

from tgforward.queue import connect
from tgforward.queue.codec import deserialize
from tgforward.queue.depth import is_pending, queue_depth, wait_finished
from tgforward.queue.enqueue import enqueue_now, forget, forget_all
from tgforward.queue.names import wake_channel
from tgforward.queue.slots import BATCH, SlotAnswers, SlotEntry, enqueue_slots
from tgforward.types import AccountId, ConfigId

ACCOUNT = AccountId(7)
LANE = "arq:queue:lane:7"
CONFIG = ConfigId(1)
HOUR = timedelta(hours=1)


def slots(count: int, slot_ms: int, *, account: AccountId = ACCOUNT) -> list[SlotEntry]:
    return [SlotEntry(ConfigId(i), 3, account, slot_ms) for i in range(1, count + 1)]


async def pop_all(redis: ArqRedis) -> None:
    """Let every job be done."""
    for queue in await queue_depth(redis):
        jobs = await redis.zrange(queue, 0, -1)
        await redis.delete(queue, *(b"arq:job:" + job for job in jobs))


async def test_due_slot_becomes_a_job(redis: ArqRedis) -> None:
    """A slot becomes one job as arq writes it, with the due time as its score."""
    due = timestamp_ms() + 5000
    assert await enqueue_slots(redis, slots(1, due)) == SlotAnswers(enqueued=1)
    assert await redis.zrange(LANE, 0, -1, withscores=True) == [(b"forward:1", due)]
    raw = await redis.get("arq:job:forward:1")
    function, args, kwargs, _, _ = deserialize_job_raw(raw, deserializer=deserialize)
    assert (function, list(args), kwargs) == ("forward_config", [1, 3], {})
    assert 86_390_000 < await redis.pttl("arq:job:forward:1") <= 86_400_000


async def test_two_schedulers_enqueue_each_slot_once(redis: ArqRedis, redis_url: str) -> None:
    """Replicas that enqueue the same slots at the same time enqueue each of them once between them."""
    replicas = [redis, await connect(redis_url), await connect(redis_url)]
    due, count = timestamp_ms(), 2 * BATCH + 100
    totals = await asyncio.gather(*(enqueue_slots(replica, slots(count, due)) for replica in replicas))
    assert sum(total.enqueued for total in totals) == count
    assert sum(len(total.taken) for total in totals) == 2 * count
    await pop_all(redis)
    answers = await enqueue_slots(redis, slots(count, due))
    assert answers.enqueued == 0
    assert sorted(answers.taken) == list(range(1, count + 1))
    for replica in replicas[1:]:
        await replica.aclose()


async def test_older_slot_is_taken(redis: ArqRedis) -> None:
    """A replica that lags behind does not enqueue a slot older than the last one."""
    await enqueue_slots(redis, slots(1, 2000))
    await pop_all(redis)
    assert await enqueue_slots(redis, slots(1, 1000)) == SlotAnswers(taken=[CONFIG])
    assert await enqueue_slots(redis, slots(1, 3000)) == SlotAnswers(enqueued=1)


async def test_busy_config_is_skipped(redis: ArqRedis) -> None:
    """A slot falls out while the config's previous run waits or runs, and the next one after it is enqueued."""
    await enqueue_slots(redis, slots(1, 1000))
    assert await enqueue_slots(redis, slots(1, 2000)) == SlotAnswers(busy=[CONFIG])
    await pop_all(redis)
    await redis.set("arq:in-progress:forward:1", b"1")
    assert await enqueue_slots(redis, slots(1, 3000)) == SlotAnswers(busy=[CONFIG])
    await redis.delete("arq:in-progress:forward:1")
    assert await enqueue_slots(redis, slots(1, 4000)) == SlotAnswers(enqueued=1)


async def test_emptied_redis_needs_nothing(redis: ArqRedis) -> None:
    """After FLUSHALL, and after the scripts are forgotten, the next slots are enqueued as ever."""
    await enqueue_slots(redis, slots(2, 1000))
    await redis.flushall()
    await redis.script_flush()
    assert await enqueue_slots(redis, slots(2, 2000)) == SlotAnswers(enqueued=2)
    assert (await queue_depth(redis))[LANE] == 2


async def test_lost_queue_entry_is_mended(redis: ArqRedis) -> None:
    """A payload whose queue entry is gone does not block its config."""
    await enqueue_slots(redis, slots(1, 1000))
    await redis.delete(LANE)
    assert await enqueue_slots(redis, slots(1, 2000)) == SlotAnswers(enqueued=1)


async def test_former_slots_are_told_on_demand(redis: ArqRedis) -> None:
    """Who takes a slot may ask for the one before; a new config has none, and a slot that was taken tells nothing."""
    await enqueue_slots(redis, slots(1, 1000))
    await pop_all(redis)
    answers = await enqueue_slots(redis, slots(2, 2000), ask_former=True)
    assert answers == SlotAnswers(enqueued=2, former={CONFIG: 1000})
    assert (await enqueue_slots(redis, slots(2, 2000), ask_former=True)).former == {}


async def test_config_that_waits_moves_with_its_new_version(redis: ArqRedis) -> None:
    """A job that waits in another lane is written anew there, so that its payload is that of the new lane."""
    await enqueue_now(redis, CONFIG, 1, ACCOUNT, delay=HOUR)
    await enqueue_slots(redis, slots(1, 1000, account=AccountId(8)))
    assert deserialize(await redis.get("arq:job:forward:1"))["a"] == [1, 3]


async def test_config_moves_to_another_lane(redis: ArqRedis) -> None:
    """The waiting job of a config that changed its account moves to the new lane, and never waits in two."""
    await enqueue_now(redis, CONFIG, 1, ACCOUNT, delay=HOUR)
    assert await enqueue_slots(redis, slots(1, 1000, account=AccountId(8))) == SlotAnswers(enqueued=1)
    assert await redis.zcard(LANE) == 0
    assert await redis.zcard("arq:queue:lane:8") == 1


async def test_run_now(redis: ArqRedis) -> None:
    """A run outside of the slots waits at most once, and leaves the slots alone."""
    assert await enqueue_now(redis, CONFIG, 3, ACCOUNT)
    assert not await enqueue_now(redis, CONFIG, 3, ACCOUNT)
    assert not await enqueue_now(redis, CONFIG, 3, ACCOUNT, hasten=True)
    await pop_all(redis)
    await redis.set("arq:in-progress:forward:1", b"1")
    assert not await enqueue_now(redis, CONFIG, 3, ACCOUNT, hasten=True)
    assert await redis.exists("tgforward:taken") == 0


async def test_hasten_moves_a_snoozed_job_forward(redis: ArqRedis) -> None:
    """Only with `hasten` does a run now move a job that waits for later."""
    await enqueue_now(redis, CONFIG, 3, ACCOUNT, delay=HOUR)
    assert not await enqueue_now(redis, CONFIG, 3, ACCOUNT)
    assert await redis.zscore(LANE, "forward:1") > timestamp_ms() + 3_500_000
    assert await enqueue_now(redis, CONFIG, 4, ACCOUNT, hasten=True)
    assert await redis.zscore(LANE, "forward:1") <= timestamp_ms()
    raw = await redis.get("arq:job:forward:1")
    assert deserialize(raw)["a"] == [1, 4]


async def test_forget(redis: ArqRedis) -> None:
    """A removed config leaves nothing behind; the other one stays."""
    await enqueue_slots(redis, slots(2, 1000))
    await forget(redis, CONFIG)
    assert not await is_pending(redis, CONFIG)
    assert await redis.zrange(LANE, 0, -1) == [b"forward:2"]
    assert await redis.hkeys("tgforward:taken") == [b"2"]  # type: ignore[misc]  # redis-py: sync or async
    assert await redis.exists("tgforward:homes") == 1
    assert await redis.zcard(LANE) == 1


async def test_forget_many(redis: ArqRedis) -> None:
    """However many they are, also those that Redis never knew."""
    await enqueue_slots(redis, slots(1201, 1000))
    await forget_all(redis, map(ConfigId, [*range(1, 1201), 7000]))
    assert await redis.zrange(LANE, 0, -1) == [b"forward:1201"]
    assert await redis.hkeys("tgforward:taken") == [b"1201"]  # type: ignore[misc]  # redis-py: sync or async
    assert not await is_pending(redis, CONFIG)


async def test_depth_of_every_queue(redis: ArqRedis) -> None:
    """The depth names every queue that ever held a job, and the default queue."""
    assert await queue_depth(redis) == {"arq:queue": 0}
    await redis.enqueue_job("forward_config", 1)
    await enqueue_slots(redis, slots(3, 1000))
    assert await queue_depth(redis) == {"arq:queue": 1, LANE: 3}


async def test_wait_finished(redis: ArqRedis) -> None:
    """Waiting ends when the job neither waits nor runs, or with False when time is up."""
    assert await wait_finished(redis, CONFIG)
    await enqueue_now(redis, CONFIG, 3, ACCOUNT)
    assert not await wait_finished(redis, CONFIG, timeout=timedelta(milliseconds=50))
    waiting = asyncio.create_task(wait_finished(redis, CONFIG, timeout=HOUR))
    await redis.set("arq:in-progress:forward:1", b"1")
    await pop_all(redis)
    await asyncio.sleep(0)
    assert not waiting.done()
    await redis.delete("arq:in-progress:forward:1")
    assert await waiting


async def test_only_a_new_first_job_is_announced(redis: ArqRedis) -> None:
    """Whoever sleeps until a queue's first job hears of one that comes earlier, once per batch, and of no other."""
    due = timestamp_ms() + 5000
    async with redis.pubsub() as announced:
        await announced.subscribe(wake_channel(LANE))
        entries = [SlotEntry(ConfigId(i), 3, ACCOUNT, due + late) for i, late in enumerate([20, 10, 30, 5], 1)]
        await enqueue_slots(redis, entries)
        await enqueue_slots(redis, [SlotEntry(ConfigId(9), 3, ACCOUNT, due + 40)])
        await enqueue_now(redis, ConfigId(9), 3, ACCOUNT, delay=timedelta(seconds=1), hasten=True)
        await redis.publish(wake_channel(LANE), b"end")
        heard = [message["data"] async for message in _until_end(announced)]
    assert heard[0] == b"%d" % (due + 5)
    assert len(heard) == 2


async def _until_end(announced: PubSub) -> AsyncIterator[dict[str, Any]]:
    async for message in announced.listen():
        if message["data"] == b"end":
            return
        if message["type"] == "message":
            yield message


async def test_next_attempts_are_spared(redis: ArqRedis) -> None:
    """What failed and waits for its next attempt stays where it is when asked so; what merely waits moves."""
    await enqueue_now(redis, CONFIG, 3, ACCOUNT, delay=HOUR)
    await redis.set("arq:retry:forward:1", 1)
    assert not await enqueue_now(redis, CONFIG, 3, ACCOUNT, hasten=True, spare_retries=True)
    await redis.delete("arq:retry:forward:1")
    assert await enqueue_now(redis, CONFIG, 3, ACCOUNT, hasten=True, spare_retries=True)
