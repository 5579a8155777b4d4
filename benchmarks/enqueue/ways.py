"""Ours, stock arq and rq."""

from collections.abc import Sequence
from pathlib import Path

from arq import create_pool
from arq.connections import RedisSettings
from arq.utils import timestamp_ms

from benchmarks.enqueue.timing import Taken, emptied, timed
from benchmarks.peers import run_peer
from tgforward.queue.connect import Redis
from tgforward.queue.names import FUNCTION, lane_queue
from tgforward.queue.slots import SlotEntry, enqueue_slots
from tgforward.types import AccountId, ConfigId

LANES = 10
INTERVAL_MS = 20_000
RQ = Path(__file__).with_name("rq_peer.py")


async def first(socket: Path, jobs: int) -> Taken:
    """Ours: the first slot of each config that Redis has ever seen."""
    async with emptied(socket) as redis:
        return await _take(redis, make_slots(jobs, timestamp_ms()))


async def again(socket: Path, jobs: int) -> Taken:
    """Ours: the next slot of configs whose run is done, as it is at all times but the first."""
    async with emptied(socket) as redis:
        slot_ms = timestamp_ms()
        await enqueue_slots(redis, make_slots(jobs, slot_ms))
        await finish(redis, jobs)
        return await _take(redis, make_slots(jobs, slot_ms + INTERVAL_MS))


async def arq(socket: Path, jobs: int) -> Taken:
    """Stock arq, one job after the other."""
    async with emptied(socket) as redis:
        pool = await create_pool(RedisSettings(unix_socket_path=str(socket)))

        async def enqueue() -> None:
            for number in range(jobs):
                await pool.enqueue_job(FUNCTION, number, 1, _job_id=f"forward:{number}")

        taken = await timed(redis, enqueue)
        await pool.aclose()
        return Taken(jobs, await redis.zcard("arq:queue"), *taken)


async def rq(socket: Path, jobs: int) -> Taken:
    """By rq's `enqueue_many`; its process says for itself how long it took."""
    async with emptied(socket) as redis:
        answer = run_peer(RQ, socket, jobs)
        return Taken(jobs, await redis.llen("rq:queue:peer"), answer["seconds"], answer["redis_s"])  # type: ignore[misc]  # redis-py: sync or async


def make_slots(jobs: int, slot_ms: int) -> list[SlotEntry]:
    """A slot of each config, dealt out to the lanes; all within a second, as they come at 100,000 configs."""
    return [
        SlotEntry(ConfigId(number), 1, AccountId(number % LANES), slot_ms + number * 1000 // jobs)
        for number in range(jobs)
    ]


async def queued(redis: Redis) -> int:
    """Jobs in all lanes."""
    return sum([await redis.zcard(lane_queue(AccountId(lane))) for lane in range(LANES)])


async def finish(redis: Redis, jobs: int) -> None:
    """Take all jobs out of Redis, as runs that are done do."""
    await redis.delete(*(lane_queue(AccountId(lane)) for lane in range(LANES)))
    for start in range(0, jobs, 1000):
        await redis.delete(*(f"arq:job:forward:{number}" for number in range(start, min(start + 1000, jobs))))


async def _take(redis: Redis, slots: Sequence[SlotEntry]) -> Taken:
    taken = await timed(redis, lambda: enqueue_slots(redis, slots))
    return Taken(len(slots), await queued(redis), *taken)
