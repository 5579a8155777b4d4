"""Putting jobs into lanes by hand or by another job: each config at most once at a time."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from itertools import islice

from arq import ArqRedis
from arq.constants import expires_extra_ms
from arq.jobs import serialize_job
from arq.utils import timestamp_ms

from tgforward.queue import names
from tgforward.queue.codec import serialize
from tgforward.queue.failures import reachable
from tgforward.queue.scripts import ENQUEUE_NOW, FORGET, run_script
from tgforward.queue.wakes import wake_queue
from tgforward.types import AccountId, ConfigId

EXPIRES_MS = expires_extra_ms


async def enqueue_now(
    redis: ArqRedis,
    config_id: ConfigId,
    version: int | None,
    account_id: AccountId,
    *,
    delay: timedelta = timedelta(0),
    hasten: bool = False,
    spare_retries: bool = False,
) -> bool:
    """Enqueue one config outside of its slots; False when it waits or runs already.

    `hasten` moves a job that waits for later (snoozed, or between two attempts) forward; `spare_retries` keeps it from
    moving one that failed and waits for its next attempt.
    """
    work = payload(names.FUNCTION, (config_id, version))
    place = (names.job_id(config_id), names.lane_queue(account_id), to_ms(delay))
    flags = int(hasten), int(spare_retries)
    async with reachable(redis):
        return bool(await run_script(redis, ENQUEUE_NOW, EXPIRES_MS, *place, work, *flags))


async def enqueue_strays(redis: ArqRedis, config_id: ConfigId, account_id: AccountId) -> None:
    """Have a lane that a config has left finish what it began for it; does nothing while such a job waits."""
    job, queue = names.strays_job_id(config_id, account_id), names.lane_queue(account_id)
    async with reachable(redis):
        await redis.enqueue_job(names.STRAYS_FUNCTION, config_id, _job_id=job, _queue_name=queue)
        await wake_queue(redis, queue)


async def forget(redis: ArqRedis, config_id: ConfigId) -> None:
    """Remove what Redis knows of a config: its last slot and its waiting job. A run that has begun goes on."""
    async with reachable(redis):
        await run_script(redis, FORGET, config_id, names.job_id(config_id))


async def forget_all(redis: ArqRedis, config_ids: Iterable[ConfigId]) -> None:
    """The same for many configs, a thousand at a time."""
    rest = iter(config_ids)
    async with reachable(redis):
        while some := list(islice(rest, 1000)):
            words = [word for config_id in some for word in (config_id, names.job_id(config_id))]
            await run_script(redis, FORGET, *words)


def payload(
    function: str,
    args: Sequence[object],
    kwargs: dict[str, object] | None = None,
    *,
    enqueued_ms: int | None = None,
) -> bytes:
    """A job as arq writes it, in MessagePack; enqueued now, or when `enqueued_ms` says."""
    moment = timestamp_ms() if enqueued_ms is None else enqueued_ms
    return serialize_job(function, tuple(args), kwargs or {}, None, moment, serializer=serialize)


def to_ms(duration: timedelta) -> int:
    """Whole milliseconds."""
    return duration // timedelta(milliseconds=1)
