"""What the queue does with a job that has ended: the outcomes of the domain in arq's terms."""

import random
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import assert_never

from tgforward.errors import PermanentError, TransientError
from tgforward.forwarding.outcomes import Continue, Done, Outcome, Parked, Snooze


class Ending(StrEnum):
    """How a job leaves its worker; the script `FINISH` knows these words."""

    END = "end"
    """It is gone, with its attempts."""
    AGAIN = "again"
    """It is gone, and its successor stands in the queue in the same instant."""
    RETRY = "retry"
    """It stays in the queue, and so does the count of its attempts."""
    BACK = "back"
    """It stays in the queue as if it had not been started."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The ending of a job, and the time until it or its successor runs."""

    ending: Ending
    delay: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Backoff:
    """Waits between attempts with full jitter: any time up to `base * 2 ** (attempt - 1)`, at most `cap`."""

    base: timedelta = timedelta(seconds=1)
    cap: timedelta = timedelta(minutes=2)

    def delay(self, attempt: int) -> timedelta:
        """The wait after attempt number `attempt`, counted from 1."""
        bound = min(self.cap, self.base * (1 << min(attempt - 1, 20)))
        return bound * random.random()  # noqa: S311 - spreads load, guards no secret


def verdict_of(outcome: Outcome) -> Verdict:
    """What an outcome means for the job."""
    match outcome:
        case Done() | Parked():
            return Verdict(Ending.END)
        case Continue():
            return Verdict(Ending.AGAIN)
        case Snooze(delay=delay):
            return Verdict(Ending.AGAIN, delay)
        case _:
            assert_never(outcome)


def verdict_of_error(error: BaseException, *, attempt: int, max_tries: int, backoff: Backoff) -> Verdict:
    """Another attempt, unless they are used up or useless; never earlier than the error itself asks for."""
    if attempt >= max_tries or isinstance(error, PermanentError):
        return Verdict(Ending.END)
    delay = backoff.delay(attempt)
    if isinstance(error, TransientError):
        delay = max(delay, error.retry_after)
    return Verdict(Ending.RETRY, delay)
