"""What a worker takes out of its queue."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from arq import ArqRedis

from tgforward.queue.enqueue import to_ms
from tgforward.queue.lane_scripts import CLAIM
from tgforward.queue.scripts import run_script

NO_JOB = -1


@dataclass(frozen=True, slots=True)
class Claimed:
    """A job that is ours until its key in Redis runs out, unless we renew it."""

    job_id: str
    score: int
    payload: bytes
    """Empty where it has expired."""
    attempt: int
    is_aborted: bool


@dataclass(frozen=True, slots=True)
class Catch:
    """What a claim brought."""

    jobs: list[Claimed]
    next_in_s: float | None
    """The time until the next job may be claimed; None: the queue holds no more."""


@dataclass(slots=True)
class Claims:
    """Claims jobs of one queue under one token."""

    redis: ArqRedis
    queue: str
    token: str
    sees_aborts: bool
    _lost_answer: bool = False

    async def claim(self, most: int, here: Collection[str], ttl: timedelta) -> Catch:
        """At most so many due jobs, with payloads and attempts, in one question; those in `here` run already."""
        flags = (int(self._lost_answer), int(self.sees_aborts))
        self._lost_answer = True
        answer = await run_script(self.redis, CLAIM, self.queue, self.token, to_ms(ttl), most, *flags, *here)
        self._lost_answer = False
        return Catch([_read(job) for job in answer[1:]], None if answer[0] == NO_JOB else answer[0] / 1000)


def _read(answer: tuple[bytes, bytes, bytes, int, int]) -> Claimed:
    job, score, payload, attempt, is_aborted = answer
    return Claimed(job.decode(), int(float(score)), payload, attempt, bool(is_aborted))
