"""A question to whoever owns an account, and the answer."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import Any

from arq import ArqRedis

from tgforward.errors import ConnectionLost
from tgforward.queue.codec import deserialize, serialize
from tgforward.queue.failures import reachable
from tgforward.queue.names import lane_queue
from tgforward.queue.wakes import wake_queue
from tgforward.types import AccountId

ANSWER_TIMEOUT = timedelta(seconds=45)  # two chats may each need a look through the dialogs
KEEP_ANSWER = timedelta(seconds=60)
Enqueue = Callable[..., Awaitable[object]]
WAIT_S = 5  # below the pool's socket timeout


async def ask_lane(
    redis: ArqRedis, account_id: AccountId, function: str, *args: object, patience: timedelta = ANSWER_TIMEOUT
) -> dict[str, Any]:
    """What the owner of the account's lane answers: plain data.

    Raises:
        ConnectionLost: no answer came; the owner is busy, paused or has just ended.
        RedisUnreachable: the question could not be asked, or Redis went away while the answer was waited for.
    """
    try:
        async with asyncio.timeout(patience.total_seconds()), reachable(redis):
            return await _ask_until_answered(redis, account_id, partial(redis.enqueue_job, function, *args))
    except TimeoutError:
        raise ConnectionLost(
            f"account {account_id}: the worker that owns it did not answer; see tgforward status, and try again"
        ) from None


async def _ask_until_answered(redis: ArqRedis, account_id: AccountId, enqueue: Enqueue) -> dict[str, Any]:
    """Asks again under the same id, which does nothing while the question stands; an emptied Redis has lost it."""
    job_id = uuid.uuid4().hex
    while True:
        await enqueue(_job_id=job_id, _queue_name=lane_queue(account_id), _expires=ANSWER_TIMEOUT)
        await wake_queue(redis, lane_queue(account_id))
        found = await redis.blpop([_answer_key(job_id)], timeout=WAIT_S)  # type: ignore[misc]  # redis-py: sync or async
        if found is not None:
            content: dict[str, Any] = deserialize(found[1])
            return content


async def answer(redis: ArqRedis, job_id: str, content: dict[str, Any]) -> None:
    """Answer the question that came as this job."""
    key = _answer_key(job_id)
    async with redis.pipeline(transaction=True) as pipe:
        pipe.rpush(key, serialize(content))
        pipe.expire(key, KEEP_ANSWER)
        await pipe.execute()


def _answer_key(job_id: str) -> str:
    return f"tgforward:answer:{job_id}"
