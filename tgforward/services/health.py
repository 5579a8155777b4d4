"""Does a process live? A cheap question with a plain answer, for whatever restarts what does not."""

import socket
from enum import StrEnum
from typing import Literal

from tgforward.errors import RedisUnreachable
from tgforward.queue.connect import connect
from tgforward.queue.health import is_alive
from tgforward.queue.names import DEFAULT_QUEUE, SCHEDULER_QUEUE


class Process(StrEnum):
    """The kinds of processes."""

    SCHEDULER = "scheduler"
    WORKER = "worker"
    WEB = "web"


QUEUES = {Process.SCHEDULER: SCHEDULER_QUEUE, Process.WORKER: DEFAULT_QUEUE}


async def complaint_about(kind: Literal[Process.SCHEDULER, Process.WORKER]) -> str | None:
    """What is wrong with the process of that kind on this host, or None: has it given a sign of life lately?

    A private Redis is not started for that.

    Raises:
        InvalidSettings: Redis's URL cannot be read.
    """
    host = socket.gethostname()
    try:
        redis = await connect()
        try:
            is_well = await is_alive(redis, QUEUES[kind], host)
        finally:
            await redis.aclose()
    except RedisUnreachable as error:
        return str(error)
    return None if is_well else f"No {kind} on {host} has given a sign of life lately: start it, or look at its log"
