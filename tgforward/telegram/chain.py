"""Requests that are in flight together and are executed one after the other."""

import asyncio
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from tgforward.metrics.requests import RequestMetrics
from tgforward.telegram.border import translated


class Chain:
    """The answers to requests of which each is executed only if the one before it succeeded (`invokeAfterMsg`).

    Source: core.telegram.org/api/invoking
    """

    def __init__(
        self,
        methods: Sequence[str],
        answers: Sequence[asyncio.Future[Any]],
        limit: timedelta,
        metrics: RequestMetrics,
    ) -> None:
        self._methods = methods
        self._answers = answers
        self._metrics = metrics
        self._began = time.monotonic()
        self._limit_s = limit.total_seconds()
        for answer in answers:
            answer.add_done_callback(_look_at)

    async def answer(self, number: int) -> Any:
        """Telegram's answer to the request with that number, from 0.

        Raises:
            ChainBroken: an earlier one failed, so this one was not executed.
            TelegramError: this one was refused, or (ConnectionLost) may or may not have been executed.
        """
        method, answer = self._methods[number], self._answers[number]
        with self._metrics.measured(method, since=self._began):
            if answer.done() and not answer.cancelled() and answer.exception() is None:
                return answer.result()  # many come together: no time limit of its own for each
            left_s = self._began + self._limit_s - time.monotonic()
            async with translated(method, timedelta(seconds=max(0.0, left_s))):
                return await answer


def _look_at(answer: asyncio.Future[Any]) -> None:
    """Whoever stops at the first error asks for no further one: they must not be reported as forgotten."""
    if not answer.cancelled():
        answer.exception()
