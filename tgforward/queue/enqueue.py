"""Putting jobs into lanes: each slot once, each config at most once at a time."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from arq import ArqRedis
from arq.constants import expires_extra_ms
from arq.jobs import serialize_job
from arq.utils import timestamp_ms

from tgforward.queue import names
from tgforward.queue.codec import serialize
from tgforward.queue.failures import reachable
from tgforward.queue.scripts import ENQUEUE_NOW, ENQUEUE_SLOTS, FORGET, run_script
from tgforward.types import AccountId, ConfigId

BATCH = 500  # a script of 500 slots holds Redis for about 5 ms
EXPIRES_MS = expires_extra_ms
_TAKEN, _ENQUEUED, _BUSY = 0, 1, 2  # what the script answers for each slot


@dataclass(frozen=True, slots=True)
class SlotEntry:
    """A config whose slot is due; `slot_ms` is Unix time and becomes the job's score."""

    config_id: ConfigId
    version: int
    account_id: AccountId
    slot_ms: int


@dataclass(frozen=True, slots=True)
class SlotCounts:
    """What became of a number of slots."""

    enqueued: int = 0
    taken: int = 0
    """Slots that were enqueued before, by this or another replica."""
    busy: int = 0
    """Slots that fell out because the config's previous run waits or runs."""


async def enqueue_slots(redis: ArqRedis, entries: Sequence[SlotEntry]) -> SlotCounts:
    """Enqueue the slots that nobody has taken yet; safe to repeat and to run on several replicas at once.

    Raises:
        RedisUnreachable: some or all of them may not be enqueued.
    """
    counts: Counter[int] = Counter()
    for start in range(0, len(entries), BATCH):
        arguments = list(_arguments(entries[start : start + BATCH]))
        async with reachable(redis):
            counts.update(await run_script(redis, ENQUEUE_SLOTS, EXPIRES_MS, *arguments))
    return SlotCounts(counts[_ENQUEUED], counts[_TAKEN], counts[_BUSY])


async def enqueue_now(
    redis: ArqRedis,
    config_id: ConfigId,
    version: int | None,
    account_id: AccountId,
    *,
    delay: timedelta = timedelta(0),
    hasten: bool = False,
) -> bool:
    """Enqueue one config outside of its slots; False when it waits or runs already.

    `hasten` moves a job that waits for later (snoozed, or between two attempts) forward.
    """
    work = payload(names.FUNCTION, (config_id, version))
    place = (names.job_id(config_id), names.lane_queue(account_id), to_ms(delay))
    async with reachable(redis):
        return bool(await run_script(redis, ENQUEUE_NOW, EXPIRES_MS, *place, work, int(hasten)))


async def enqueue_strays(redis: ArqRedis, config_id: ConfigId, account_id: AccountId) -> None:
    """Have a lane that a config has left finish what it began for it; does nothing while such a job waits."""
    job, queue = names.strays_job_id(config_id, account_id), names.lane_queue(account_id)
    async with reachable(redis):
        await redis.enqueue_job(names.STRAYS_FUNCTION, config_id, _job_id=job, _queue_name=queue)


async def forget(redis: ArqRedis, config_id: ConfigId) -> None:
    """Remove what Redis knows of a config: its last slot and its waiting job. A run that has begun goes on."""
    async with reachable(redis):
        await run_script(redis, FORGET, config_id, names.job_id(config_id))


def payload(function: str, args: Sequence[object], kwargs: dict[str, object] | None = None) -> bytes:
    """A job as arq writes it, in MessagePack."""
    return serialize_job(function, tuple(args), kwargs or {}, None, timestamp_ms(), serializer=serialize)


def to_ms(duration: timedelta) -> int:
    """Whole milliseconds."""
    return duration // timedelta(milliseconds=1)


def _arguments(entries: Sequence[SlotEntry]) -> Iterator[str | int | bytes]:
    for entry in entries:
        yield entry.config_id
        yield names.lane_queue(entry.account_id)
        yield entry.slot_ms
        yield payload(names.FUNCTION, (entry.config_id, entry.version))
