"""Around every job function: its outcome or its error becomes the verdict that `finish_job` carries out."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, TypeVar, cast

import structlog
from arq.cron import CronJob
from arq.typing import WorkerCoroutine
from arq.worker import Function, Retry

from tgforward.errors import TgforwardError
from tgforward.forwarding.outcomes import Continue, Done, Parked, Snooze
from tgforward.queue.enqueue import payload
from tgforward.queue.verdict import Backoff, Ending, Verdict, verdict_of, verdict_of_error

Watched = TypeVar("Watched", Function, CronJob)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Judgement:
    """How a job ends, and what its successor is to do."""

    verdict: Verdict
    successor: bytes = b""


@dataclass(frozen=True, slots=True)
class _Attempt:
    function: Function | CronJob
    job_id: str
    number: int
    args: Sequence[Any]
    kwargs: Mapping[str, Any]


class Judge:
    """Watches the functions of one worker; `stopped` tells a shutdown's cancellation from any other."""

    def __init__(self, *, timeout: timedelta, max_tries: int, backoff: Backoff, stopped: asyncio.Event) -> None:
        self._timeout_s = timeout.total_seconds()
        self._max_tries = max_tries
        self._backoff = backoff
        self._stopped = stopped
        self._judgements: dict[str, Judgement] = {}

    def take(self, job_id: str) -> Judgement | None:
        """The judgement of a job that has ended, once; None when it was cancelled or never began."""
        return self._judgements.pop(job_id, None)

    def watch(self, function: Watched) -> Watched:
        """The same function under our timeout, and keeping no result."""

        async def run(ctx: dict[Any, Any], *args: Any, **kwargs: Any) -> None:
            structlog.contextvars.bind_contextvars(job_id=ctx["job_id"], attempt=ctx["job_try"])
            await self._run(ctx, _Attempt(function, ctx["job_id"], ctx["job_try"], args, kwargs))

        return replace(
            function,
            coroutine=cast("WorkerCoroutine", run),
            timeout_s=None,
            keep_result_s=0,
            keep_result_forever=False,
        )

    async def _run(self, ctx: dict[Any, Any], attempt: _Attempt) -> None:
        timeout_s = attempt.function.timeout_s or self._timeout_s
        try:
            async with asyncio.timeout(timeout_s):
                outcome = await attempt.function.coroutine(ctx, *attempt.args, **attempt.kwargs)
        except asyncio.CancelledError as error:
            if self._stopped.is_set():
                raise  # handed back
            self._judge_error(attempt, error)
        except Exception as error:  # noqa: BLE001 - the border: whatever a job raises is retried, and logged when dead
            self._judge_error(attempt, error)
        else:
            self._judge_outcome(attempt, outcome)

    def _judge_outcome(self, attempt: _Attempt, outcome: object) -> None:
        if not isinstance(outcome, Done | Continue | Snooze | Parked):
            outcome = Done()
        verdict = verdict_of(outcome)
        successor = _successor(attempt) if verdict.ending is Ending.AGAIN else b""
        self._judgements[attempt.job_id] = Judgement(verdict, successor)

    def _judge_error(self, attempt: _Attempt, error: BaseException) -> None:
        verdict = self._verdict_of_error(attempt, error)
        self._judgements[attempt.job_id] = Judgement(verdict)
        known = isinstance(error, TgforwardError)
        reason = str(error) if known else type(error).__name__  # a foreign error's text may quote a message
        if verdict.ending is Ending.RETRY:
            log.warning("job_retried", error=reason, delay_s=round(verdict.delay.total_seconds(), 3))
            raise Retry(defer=verdict.delay)
        log.error("job_dead", error=reason, exc_info=None if known else error)

    def _verdict_of_error(self, attempt: _Attempt, error: BaseException) -> Verdict:
        max_tries = attempt.function.max_tries or self._max_tries
        if isinstance(error, Retry) and attempt.number < max_tries:
            return Verdict(Ending.RETRY, timedelta(milliseconds=error.defer_score or 0))
        return verdict_of_error(error, attempt=attempt.number, max_tries=max_tries, backoff=self._backoff)


def _successor(attempt: _Attempt) -> bytes:
    return payload(attempt.function.name, attempt.args, dict(attempt.kwargs))
