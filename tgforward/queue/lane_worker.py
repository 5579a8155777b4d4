"""arq's worker as the owner of one lane: it claims in batches, outlives Redis, and knows the domain's outcomes.

arq's `run_job` runs unchanged, on arq's own keys, so stock workers and clients share the queue. What differs is how a
job is claimed (`_poll_iteration`) and how it leaves (`finish_job`, `finish_failed_job`): each is one script. The same
worker serves the queues that belong to nobody: arq's default queue and the scheduler's.
"""

import asyncio
import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any

import structlog
from arq import ArqRedis
from arq.cron import CronJob
from arq.typing import WorkerCoroutine
from arq.worker import Function, Worker, func
from redis.exceptions import RedisError

from tgforward.queue.codec import deserialize, serialize
from tgforward.queue.enqueue import EXPIRES_MS, to_ms
from tgforward.queue.judge import Judge, Judgement
from tgforward.queue.outage import Outage, wait_for
from tgforward.queue.scripts import CLAIM, FINISH, RENEW, RESCUE, run_script
from tgforward.queue.verdict import Backoff, Ending, Verdict

log = structlog.get_logger(__name__)

TOKEN_PREFIX = "lane:"  # noqa: S105 - not a password: the value of our in-progress keys
IN_PROGRESS = timedelta(seconds=4)  # a killed worker's job is free after that, even if nobody takes the lane over
RENEW_S = 1.0
SLACK_S = 30.0  # our own timeout ends a job; arq's, which cannot be switched off, comes later
MAIN_END_S = 2.0  # `close` waits for the loop that claims, unless Redis hangs
JOBS_END_S = 5.0  # and for cancelled jobs to write down what became of what they sent
HEALTH_CHECK = timedelta(hours=1)


def always() -> bool:
    """The answer for a queue that has no owner."""
    return True


class LaneWorker(Worker):
    """Runs the jobs of one queue in a loop that belongs to somebody else, on a pool that it shares.

    Start it with `run_as_owner()` (or, on a queue that others work on too, `async_run()`); end it with `drain()` and
    `close()`. Job functions return an `Outcome` or nothing; results are not kept.

    While `is_owner` says no, nothing is written to Redis: the queue may be somebody else's. `may_claim` is asked before
    each claim.
    """

    def __init__(
        self,
        functions: Sequence[Function | WorkerCoroutine] = (),
        *,
        redis_pool: ArqRedis,
        queue_name: str,
        job_timeout: timedelta,
        max_jobs: int = 20,
        max_tries: int = 5,
        poll_delay: timedelta = timedelta(milliseconds=100),
        backoff: Backoff | None = None,
        ctx: dict[Any, Any] | None = None,
        is_owner: Callable[[], bool] = always,
        may_claim: Callable[[], bool] = always,
        cron_jobs: Sequence[CronJob] = (),
        health_check: timedelta = HEALTH_CHECK,
        health_check_key: str | None = None,
    ) -> None:
        self._stopped = asyncio.Event()
        self._judge = Judge(
            timeout=job_timeout, max_tries=max_tries, backoff=backoff or Backoff(), stopped=self._stopped
        )
        super().__init__(
            [self._judge.watch(func(function)) for function in functions],
            cron_jobs=[self._judge.watch(job) for job in cron_jobs],
            queue_name=queue_name,
            redis_pool=redis_pool,
            job_timeout=job_timeout.total_seconds() + SLACK_S,
            max_jobs=max_jobs,
            max_tries=max_tries,
            poll_delay=poll_delay,
            ctx={"redis": redis_pool, **(ctx or {})},
            handle_signals=False,
            health_check_interval=health_check.total_seconds(),
            health_check_key=health_check_key,
            keep_result=0,
            log_results=False,
            job_serializer=serialize,
            job_deserializer=deserialize,
        )
        self._is_owner, self._may_claim = is_owner, may_claim
        self._begin()

    def _begin(self) -> None:
        """Nothing is claimed yet."""
        self._outage = Outage(self._stopped, queue=self.queue_name)
        self._token = f"{TOKEN_PREFIX}{uuid.uuid4().hex}"
        self._claimed: dict[str, bytes] = {}
        self._leaving: dict[str, asyncio.Task[None]] = {}
        self._continued: set[str] = set()
        self._has_backlog = False
        self._wake = asyncio.Event()
        self._main_ended = asyncio.Event()
        self._main_ended.set()
        self._paused_until = self._renewed_at = self.loop.time()

    async def main(self) -> None:
        """Claim and run jobs until `close`; Redis may go away and come back meanwhile."""
        self._main_ended.clear()
        try:
            while not self._stopped.is_set():
                await self._outage.outlast(self._poll_iteration)
                await wait_for(self._wake, self.poll_delay_s)
                self._wake.clear()
        except (RedisError, OSError):
            assert self._stopped.is_set()  # the only way out of an outage
        finally:
            self._main_ended.set()

    async def run_as_owner(self) -> None:
        """Take the lane over and run its jobs until `close`; waits for Redis where it is away at first."""
        with suppress(RedisError, OSError):  # closed before Redis came back
            await self.take_over()
            await self.async_run()

    async def take_over(self) -> int:
        """Free the jobs that a dead owner left in progress and count them; only for a queue with one owner at a time.

        The attempt that died with its owner stays counted: a job that kills its workers must come to an end.
        """
        freed = await self._outage.outlast(self._rescue)
        if freed:
            log.info("jobs_rescued", queue=self.queue_name, jobs=freed)
        return freed

    def pause(self, delay: timedelta) -> None:
        """Claim nothing for `delay` from now; what runs goes on. A zero delay ends a pause."""
        self._paused_until = self.loop.time() + delay.total_seconds()
        self._wake.set()

    async def drain(self, grace: timedelta) -> None:
        """Stop claiming, and give the jobs that run `grace` to end by themselves."""
        self.allow_pick_jobs = False
        if self.tasks:
            await asyncio.wait(list(self.tasks.values()), timeout=grace.total_seconds())

    async def close(self) -> None:
        """End; jobs that still run are cancelled and handed back without spending an attempt. The pool stays open."""
        self._stopped.set()
        self._wake.set()
        await wait_for(self._main_ended, MAIN_END_S)
        for task in self.tasks.values():
            task.cancel()
        await self._settled(self.tasks)
        await self._settled(self._leaving)
        if self._is_owner():
            with suppress(RedisError, OSError):
                await self.pool.delete(self.health_check_key)

    async def heart_beat(self) -> None:
        """Record the worker's health as arq does, and keep what runs here from looking abandoned."""
        await super().heart_beat()
        if self._claimed and self.loop.time() - self._renewed_at >= RENEW_S:
            await run_script(self.pool, RENEW, self._token, to_ms(IN_PROGRESS), *self._claimed)
            self._renewed_at = self.loop.time()

    async def finish_job(
        self,
        job_id: str,
        finish: bool,
        result_data: bytes | None,  # noqa: ARG002 - results are not kept
        result_timeout_s: float | None,  # noqa: ARG002
        keep_result_forever: bool,  # noqa: ARG002
        incr_score: int | None,  # noqa: ARG002 - the judgement knows it
        keep_in_progress: float | None,  # noqa: ARG002 - for cron jobs, of which there are none
    ) -> None:
        """Carry the judgement out; without one the job ended by itself or is handed back."""
        plain = Judgement(Verdict(Ending.END if finish else Ending.BACK))
        await self._finish(job_id, self._judge.take(job_id) or plain)

    async def finish_failed_job(self, job_id: str, result_data: bytes | None) -> None:  # noqa: ARG002 - not kept
        """Remove a job that could not be started: expired, unreadable, unknown, or out of attempts."""
        await self._finish(job_id, Judgement(Verdict(Ending.END)))

    async def _poll_iteration(self) -> None:
        room = self.max_jobs - len(self.tasks)
        if room > 0 and self._is_time_to_claim():
            await self._claim_and_start(room)
        if self._is_owner():
            await self.heart_beat()

    def _is_time_to_claim(self) -> bool:
        is_open = self.allow_pick_jobs and self.loop.time() >= self._paused_until
        return is_open and self._is_owner() and self._may_claim()

    async def _claim_and_start(self, room: int) -> None:
        claimed = await self._claim(room)
        if not self._is_owner():  # any more: whoever owns the lane now rescues them
            return
        self._has_backlog = len(claimed) == room
        for job, score, payload in claimed:
            self._start(job.decode(), int(float(score)), payload)

    async def _settled(self, tasks: dict[str, asyncio.Task[Any]]) -> None:
        if tasks:
            _, late = await asyncio.wait(list(tasks.values()), timeout=JOBS_END_S)
            if late:
                log.error("jobs_do_not_end", queue=self.queue_name, jobs=len(late))

    async def _claim(self, room: int) -> list[tuple[bytes, bytes, bytes]]:
        here = {*self.tasks, *self._leaving}
        claimed: list[tuple[bytes, bytes, bytes]] = await run_script(
            self.pool, CLAIM, self.queue_name, self._token, to_ms(IN_PROGRESS), room, self.queue_read_limit, *here
        )
        return claimed

    def _start(self, job_id: str, score: int, payload: bytes) -> None:
        self._claimed[job_id] = payload
        if self._stopped.is_set():  # while Redis answered
            self._hand_back(job_id)
            return
        self.tasks[job_id] = task = self.loop.create_task(self.run_job(job_id, score))
        task.add_done_callback(partial(self._ended, job_id))

    def _ended(self, job_id: str, task: asyncio.Task[None]) -> None:
        if self._has_backlog or job_id in self._continued:
            self._wake.set()
        self._continued.discard(job_id)
        del self.tasks[job_id]
        if not task.cancelled() and (error := task.exception()) is not None:
            log.warning("job_not_started", queue=self.queue_name, job_id=job_id, error=type(error).__name__)
        if job_id in self._claimed:  # cancelled or failed before arq came to the job's end
            self._hand_back(job_id)

    def _hand_back(self, job_id: str) -> None:
        back = self._finish(job_id, Judgement(Verdict(Ending.BACK)))
        self._leaving[job_id] = self.loop.create_task(back)

    async def _finish(self, job_id: str, judgement: Judgement) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._leaving[job_id] = task  # arq shields us from its own cancellation, and forgets us
        verdict, started = judgement.verdict, self._claimed.pop(job_id, b"")
        arguments = (EXPIRES_MS, job_id, self.queue_name, self._token, started)
        how = (verdict.ending, to_ms(verdict.delay), judgement.successor)
        try:
            await self._outage.outlast(partial(self._run_finish, *arguments, *how))
        except (RedisError, OSError) as error:  # we stop, and Redis is away
            log.warning("job_not_finished", queue=self.queue_name, job_id=job_id, error=type(error).__name__)
        finally:
            del self._leaving[job_id]
        if verdict == Verdict(Ending.AGAIN):
            self._continued.add(job_id)

    async def _run_finish(self, *arguments: str | int | bytes) -> None:
        if self._is_owner():  # else the next owner rescues the job, and Telegram knows what was sent
            await run_script(self.pool, FINISH, *arguments)

    async def _rescue(self) -> int:
        if not self._is_owner():
            return 0
        jobs = await self.pool.zrange(self.queue_name, 0, -1)
        return int(await run_script(self.pool, RESCUE, self._token, TOKEN_PREFIX, *jobs))
