"""Runs the function of a job, and judges by its outcome or its error how the job ends."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

import structlog
from arq.utils import timestamp_ms
from arq.worker import Retry

from tgforward.errors import TgforwardError
from tgforward.forwarding.outcomes import Continue, Done, Parked, Snooze
from tgforward.metrics.jobs import JobMetrics
from tgforward.queue.attempt import Attempt, Functions, read_attempt
from tgforward.queue.claims import Claimed
from tgforward.queue.enqueue import payload
from tgforward.queue.judgement import BACK, Judgement
from tgforward.queue.results import Results
from tgforward.queue.verdict import Backoff, Ending, Verdict, verdict_of, verdict_of_error

RUN_ID_DIGITS = 12  # tells the lines of one attempt from those of all others

Hook = Callable[[dict[Any, Any]], Awaitable[None]]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Hooks:
    """arq's: what is called around every job with its context."""

    on_job_start: Hook | None = None
    on_job_end: Hook | None = None
    after_job_end: Hook | None = None


@dataclass(slots=True)
class Judge:
    """Judges the jobs of one worker; `stopped` tells a shutdown's cancellation from any other."""

    functions: Functions
    ctx: dict[Any, Any]
    timeout: timedelta
    max_tries: int
    backoff: Backoff
    results: Results
    stopped: asyncio.Event
    metrics: JobMetrics
    hooks: Hooks = field(default_factory=Hooks)
    running: dict[str, asyncio.Task[Any]] = field(default_factory=dict)
    """The tasks that may be cancelled: their function runs."""
    aborting: set[str] = field(default_factory=set)
    """The jobs whose task was cancelled because somebody aborted them."""

    async def judge(self, claimed: Claimed) -> Judgement:
        """Run the job.

        Raises:
            CancelledError: the worker stops; the job has not ended, and is to be handed back.
        """
        started_ms, attempt = timestamp_ms(), read_attempt(claimed, self.functions, self.max_tries)
        structlog.contextvars.bind_contextvars(
            job_id=claimed.job_id, attempt=attempt.number, run_id=uuid4().hex[:RUN_ID_DIGITS]
        )
        if attempt.refusal is not None:
            return self._refuse(attempt, started_ms)
        ctx = {**self.ctx, **attempt.context()}
        judgement = await self._measured(ctx, attempt, started_ms)
        await self._call(self.hooks.on_job_end, ctx)
        return judgement

    async def left(self, claimed: Claimed) -> None:
        """Called when Redis has confirmed that the job has ended."""
        attempt = read_attempt(claimed, self.functions, self.max_tries)
        if attempt.refusal is None:
            await self._call(self.hooks.after_job_end, {**self.ctx, **attempt.context()})

    async def _measured(self, ctx: dict[Any, Any], attempt: Attempt, started_ms: int) -> Judgement:
        began, judgement = time.monotonic(), BACK
        self.metrics.begun(attempt.name, (started_ms - attempt.claimed.score) / 1000)
        try:
            judgement = await self._run(ctx, attempt, started_ms)
        finally:
            self.metrics.ended(attempt.name, judgement.outcome, time.monotonic() - began)
        return judgement

    async def _run(self, ctx: dict[Any, Any], attempt: Attempt, started_ms: int) -> Judgement:
        try:
            outcome = await self._call_function(ctx, attempt)
        except asyncio.CancelledError as error:
            if attempt.claimed.job_id in self.aborting:
                return self._abort(attempt, started_ms, error)
            if self.stopped.is_set():
                raise  # handed back
            return self._judge_error(attempt, started_ms, error)
        except Exception as error:  # noqa: BLE001 - the border: whatever a job raises is retried, and logged when dead
            return self._judge_error(attempt, started_ms, error)
        return self._judge_outcome(attempt, started_ms, outcome)

    async def _call_function(self, ctx: dict[Any, Any], attempt: Attempt) -> object:
        task, function, job_id = asyncio.current_task(), attempt.function, attempt.claimed.job_id
        assert task is not None
        assert function is not None
        if self.hooks.on_job_start is not None:
            await self.hooks.on_job_start(ctx)
        self.running[job_id] = task
        try:
            async with asyncio.timeout(function.timeout_s or self.timeout.total_seconds()):
                return await function.coroutine(ctx, *attempt.args, **attempt.kwargs)
        finally:
            del self.running[job_id]

    def _judge_outcome(self, attempt: Attempt, started_ms: int, outcome: object) -> Judgement:
        is_known = isinstance(outcome, Done | Continue | Snooze | Parked)
        verdict = verdict_of(outcome if is_known else Done())  # type: ignore[arg-type]  # mypy does not follow the name
        word = type(outcome if is_known else Done()).__name__.lower()
        if verdict.ending is Ending.AGAIN:
            return Judgement(verdict, successor=_successor(attempt), outcome=word)
        result, keep_ms = self.results.of(attempt, started_ms, None if is_known else outcome, success=True)
        return Judgement(verdict, result=result, keep_ms=keep_ms, outcome=word)

    def _judge_error(self, attempt: Attempt, started_ms: int, error: BaseException) -> Judgement:
        verdict = self._verdict_of_error(attempt, error)
        known = isinstance(error, TgforwardError)
        reason = str(error) if known else type(error).__name__  # a foreign error's text may quote a message
        if verdict.ending is Ending.RETRY:
            log.warning("job_retried", error=reason, delay_s=round(verdict.delay.total_seconds(), 3))
            return Judgement(verdict, attempt.number, outcome="retried")
        log.error("job_dead", error=reason, exc_info=None if known else error)
        return self._fail(attempt, started_ms, error)

    def _verdict_of_error(self, attempt: Attempt, error: BaseException) -> Verdict:
        assert attempt.function is not None
        max_tries = attempt.function.max_tries or self.max_tries
        if isinstance(error, Retry) and attempt.number < max_tries:
            return Verdict(Ending.RETRY, timedelta(milliseconds=error.defer_score or 0))
        return verdict_of_error(error, attempt=attempt.number, max_tries=max_tries, backoff=self.backoff)

    def _abort(self, attempt: Attempt, started_ms: int, error: asyncio.CancelledError) -> Judgement:
        self.aborting.discard(attempt.claimed.job_id)
        log.info("job_aborted")
        return self._fail(attempt, started_ms, error)

    def _refuse(self, attempt: Attempt, started_ms: int) -> Judgement:
        log.warning("job_refused", reason=attempt.refusal)
        aborted = attempt.claimed.is_aborted
        return self._fail(attempt, started_ms, asyncio.CancelledError() if aborted else attempt.refusal)

    def _fail(self, attempt: Attempt, started_ms: int, result: object) -> Judgement:
        result, keep_ms = self.results.of(attempt, started_ms, result, success=False)
        return Judgement(Verdict(Ending.END), result=result, keep_ms=keep_ms, has_failed=True, outcome="dead")

    async def _call(self, hook: Hook | None, ctx: dict[Any, Any]) -> None:
        """What the job did is done: a hook that fails, or is cancelled by a shutdown, cannot change it."""
        if hook is None:
            return
        try:
            await hook(ctx)
        except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001 - foreign code at the border
            log.error("hook_failed", hook=getattr(hook, "__name__", ""), error=type(error).__name__)


def _successor(attempt: Attempt) -> bytes:
    return payload(attempt.name, attempt.args, dict(attempt.kwargs))
