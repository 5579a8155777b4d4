"""arq's worker as the owner of one lane: it claims and finishes in batches, sleeps until there is work, outlives Redis.

arq's keys and payloads are unchanged, so stock workers and clients share the queue; arq's loop and `run_job` are
replaced. A claim (`tgforward/queue/claims.py`) brings payloads and attempts along; a job is one task that runs the
function and judges its end (`tgforward/queue/judge.py`); what ends leaves in batches (`tgforward/queue/finishing.py`).
The same worker serves the queues that belong to nobody: arq's default queue and the scheduler's.
"""

import asyncio
import uuid
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from datetime import timedelta
from functools import partial
from typing import Any

import structlog
from arq import ArqRedis
from arq.cron import CronJob
from arq.typing import WorkerCoroutine
from arq.worker import Function, Worker
from redis.exceptions import RedisError

from tgforward.metrics.jobs import JobMetrics
from tgforward.queue.claims import Claimed, Claims
from tgforward.queue.codec import deserialize, serialize
from tgforward.queue.enqueue import to_ms
from tgforward.queue.finishing import Finisher
from tgforward.queue.health import HealthKeys, leave_health, show_health
from tgforward.queue.judge import Hooks, Judge
from tgforward.queue.judgement import BACK, Judgement
from tgforward.queue.lane_scripts import RENEW, RESCUE
from tgforward.queue.outage import Outage, wait_for
from tgforward.queue.results import Results
from tgforward.queue.scripts import run_script
from tgforward.queue.verdict import Backoff, Ending, Verdict, verdict_of_error
from tgforward.queue.wakes import Wakes

log = structlog.get_logger(__name__)

TOKEN_PREFIX = "lane:"  # noqa: S105 - not a password: the value of our in-progress keys
IN_PROGRESS = timedelta(seconds=4)  # a killed worker's job is free after that, even if nobody takes the lane over
RENEW_S = 1.0
CLOSED_S = 0.1  # while it may not claim: nobody says when it may again
ABORT_S = 0.5  # nobody says that a job was aborted; as often as a stock worker looks
MAIN_END_S = 2.0  # `close` waits for the loop that claims, unless Redis hangs
JOBS_END_S = 5.0  # and for cancelled jobs to write down what became of what they sent
HEALTH_CHECK = timedelta(hours=1)


def always() -> bool:
    """The answer for a queue that has no owner."""
    return True


class LaneWorker(Worker):
    """Runs the jobs of one queue in a loop that belongs to somebody else, on a pool that it shares.

    Start it with `run_as_owner()` (or, on a queue that others work on too, `async_run()`); end it with `drain()` and
    `close()`. Job functions return an `Outcome`, or what they like: a result, kept where the function or `keep_result`
    says so.

    While `is_owner` says no, nothing is written to Redis: the queue may be somebody else's. `may_claim` is asked before
    each claim. With `wakes` it sleeps until the next job is due; `poll_delay` is for what nobody announces.
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
        wakes: Wakes | None = None,
        cron_jobs: Sequence[CronJob] = (),
        health_check: timedelta = HEALTH_CHECK,
        health_keys: HealthKeys | None = None,
        metrics: JobMetrics | None = None,
        hooks: Hooks | None = None,
        keep_result: timedelta = timedelta(0),
        allow_abort_jobs: bool = False,
    ) -> None:
        super().__init__(
            functions,
            cron_jobs=cron_jobs,
            queue_name=queue_name,
            redis_pool=redis_pool,
            job_timeout=job_timeout,
            max_jobs=max_jobs,
            max_tries=max_tries,
            poll_delay=poll_delay,
            ctx={"redis": redis_pool, **(ctx or {})},
            handle_signals=False,
            health_check_interval=health_check.total_seconds(),
            health_check_key=None if health_keys is None else health_keys.of_process,
            keep_result=keep_result,
            allow_abort_jobs=allow_abort_jobs,
            job_serializer=serialize,
            job_deserializer=deserialize,
        )
        self._is_owner, self._may_claim, self._wakes = is_owner, may_claim, wakes
        self._health_keys, self._metrics = health_keys, metrics or JobMetrics()
        self._hooks = hooks or Hooks()
        self._begin(job_timeout, backoff or Backoff(), keep_result)

    def _begin(self, timeout: timedelta, backoff: Backoff, keep_result: timedelta) -> None:
        """Nothing is claimed yet."""
        self._stopped, self._wake, self._main_ended = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._main_ended.set()
        self._outage = Outage(self._stopped, queue=self.queue_name)
        self._token = f"{TOKEN_PREFIX}{uuid.uuid4().hex}"
        self._claims = Claims(self.pool, self.queue_name, self._token, self.allow_abort_jobs)
        self._finisher = Finisher(self.pool, self.queue_name, self._token, self._outage, self._is_owner, self._left)
        self._judge = Judge(
            functions=self.functions,
            ctx=self.ctx,
            timeout=timeout,
            max_tries=self.max_tries,
            backoff=backoff,
            results=Results(self.queue_name, keep_result),
            stopped=self._stopped,
            metrics=self._metrics,
            hooks=self._hooks,
            running=self.job_tasks,
            aborting=self.aborting_tasks,
        )
        self._held: dict[str, Claimed] = {}
        self._has_backlog = False
        self._next_at: float | None = None
        self._paused_until = self._renewed_at = self.loop.time()

    async def main(self) -> None:
        """Claim and run jobs until `close`; Redis may go away and come back meanwhile."""
        self._main_ended.clear()
        with ExitStack() as stack:
            stack.callback(self._main_ended.set)
            if self._wakes is not None:
                stack.enter_context(self._wakes.sleeping(self.queue_name, self._wake.set))
            with suppress(RedisError, OSError):  # the only way out of an outage: we stop
                await self._work()

    async def _work(self) -> None:
        while not self._stopped.is_set():
            await self._outage.outlast(self._poll_iteration)
            await wait_for(self._wake, self._sleep_s())
            self._wake.clear()

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
            self._metrics.rescued(freed)
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
        if self.tasks:
            await asyncio.wait(list(self.tasks.values()), timeout=JOBS_END_S)
        await self._finisher.settled(JOBS_END_S)
        if self._held:
            log.error("jobs_do_not_end", queue=self.queue_name, jobs=len(self._held))
        if self._is_owner():
            with suppress(RedisError, OSError):
                await self.pool.delete(self.health_check_key)
                if self._health_keys is not None:
                    await leave_health(self.pool, self._health_keys)

    async def heart_beat(self) -> None:
        """Record the worker's health as arq does, and keep what runs here from looking abandoned."""
        await super().heart_beat()
        if self._held and self.loop.time() - self._renewed_at >= RENEW_S:
            await run_script(self.pool, RENEW, self.queue_name, self._token, to_ms(IN_PROGRESS), *self._held)
            self._renewed_at = self.loop.time()

    async def record_health(self) -> None:
        """As arq does; and what a check of the whole host looks at."""
        last = self._last_health_check
        await super().record_health()
        if self._health_keys is not None and self._last_health_check != last:
            await show_health(self.pool, self._health_keys, timedelta(seconds=self.health_check_interval + 1))

    async def run_job(self, claimed: Claimed) -> None:  # type: ignore[override]  # arq's would ask Redis for all of it
        """Run a job that was claimed, and have it leave as it is judged."""
        left = self._finish(claimed, await self._judge.judge(claimed))
        if self._hooks.after_job_end is not None:
            with suppress(asyncio.CancelledError):  # `close` ends the waiting: the job has ended before
                await left
                await self._judge.left(claimed)

    async def _poll_iteration(self) -> None:
        room = self.max_jobs - len(self.tasks)
        if room > 0 and self._is_time_to_claim():
            await self._claim_and_start(room)
        if self._is_owner():
            if self.allow_abort_jobs and self.tasks:
                await self._cancel_aborted_jobs()
            await self.heart_beat()

    def _sleep_s(self) -> float:
        """Until there may be something to do, unless a wake comes first; polling is the safety net."""
        now = self.loop.time()
        times = [now + self.poll_delay_s]
        if not self._is_time_to_claim():
            times.append(self._paused_until if self._paused_until > now else now + CLOSED_S)
        elif self._next_at is not None and len(self.tasks) < self.max_jobs:
            times.append(self._next_at)
        if self._held:
            times.append(self._renewed_at + RENEW_S)
        if self.allow_abort_jobs and self.tasks:
            times.append(now + ABORT_S)
        return max(0.0, min(times) - now)

    def _is_time_to_claim(self) -> bool:
        is_open = self.allow_pick_jobs and self.loop.time() >= self._paused_until
        return is_open and self._is_owner() and self._may_claim()

    async def _claim_and_start(self, room: int) -> None:
        catch = await self._claims.claim(room, self._held, IN_PROGRESS)
        if not self._is_owner():  # any more: whoever owns the lane now rescues them
            return
        self._has_backlog = len(catch.jobs) == room
        self._next_at = None if catch.next_in_s is None else self.loop.time() + catch.next_in_s
        for claimed in catch.jobs:
            self._start(claimed)

    def _start(self, claimed: Claimed) -> None:
        if not self._held:
            self._renewed_at = self.loop.time()
        self._held[claimed.job_id] = claimed
        if self._stopped.is_set():  # while Redis answered
            self._finish(claimed, BACK)
            return
        self.tasks[claimed.job_id] = task = self.loop.create_task(self.run_job(claimed))
        task.add_done_callback(partial(self._ended, claimed))

    def _ended(self, claimed: Claimed, task: asyncio.Task[None]) -> None:
        del self.tasks[claimed.job_id]
        if self._has_backlog:
            self._wake.set()
        if task.cancelled():  # by `close`
            self._finish(claimed, BACK)
        elif (error := task.exception()) is not None:  # of ours: what a job raises is judged
            log.error("job_broken", queue=self.queue_name, job_id=claimed.job_id, exc_info=error)
            verdict = verdict_of_error(
                error, attempt=claimed.attempt, max_tries=self.max_tries, backoff=self._judge.backoff
            )
            self._finish(claimed, Judgement(verdict, claimed.attempt, has_failed=verdict.ending is Ending.END))

    def _finish(self, claimed: Claimed, judgement: Judgement) -> asyncio.Future[None]:
        ending = judgement.verdict.ending
        self.jobs_retried += ending is Ending.RETRY
        self.jobs_failed += judgement.has_failed
        self.jobs_complete += ending in (Ending.END, Ending.AGAIN) and not judgement.has_failed
        return self._finisher.add(claimed, judgement)

    def _left(self, claimed: Claimed, judgement: Judgement) -> None:
        del self._held[claimed.job_id]
        if judgement.verdict == Verdict(Ending.AGAIN):
            self._wake.set()

    async def _rescue(self) -> int:
        if not self._is_owner():
            return 0
        arguments = (self.queue_name, self._token, TOKEN_PREFIX, to_ms(IN_PROGRESS))
        return int(await run_script(self.pool, RESCUE, *arguments))
