"""Outcomes and errors in arq's terms."""

from datetime import timedelta

import pytest

from tgforward.errors import ConnectionLost, FloodWait, PeerGone, TgforwardError
from tgforward.forwarding.outcomes import Continue, Done, Outcome, Parked, Snooze
from tgforward.queue.verdict import Backoff, Ending, Verdict, verdict_of, verdict_of_error

SECOND = timedelta(seconds=1)
QUICK = Backoff(base=timedelta(0))


@pytest.mark.parametrize(
    ("outcome", "verdict"),
    [
        (Done(), Verdict(Ending.END)),
        (Continue(), Verdict(Ending.AGAIN)),
        (Snooze(SECOND, "flood wait"), Verdict(Ending.AGAIN, SECOND)),
        (Parked("gone"), Verdict(Ending.END)),
    ],
)
def test_outcomes(outcome: Outcome, verdict: Verdict) -> None:
    """Only Continue and Snooze have a successor."""
    assert verdict_of(outcome) == verdict


@pytest.mark.parametrize(
    ("error", "attempt", "verdict"),
    [
        (LookupError(), 1, Verdict(Ending.RETRY)),
        (LookupError(), 2, Verdict(Ending.RETRY)),
        (LookupError(), 3, Verdict(Ending.END)),
        (TgforwardError("no"), 1, Verdict(Ending.RETRY)),
        (PeerGone("gone"), 1, Verdict(Ending.END)),
        (FloodWait("rest", retry_after=30 * SECOND), 1, Verdict(Ending.RETRY, 30 * SECOND)),
        (ConnectionLost("lost", retry_after=SECOND), 3, Verdict(Ending.END)),
    ],
)
def test_errors(error: Exception, attempt: int, verdict: Verdict) -> None:
    """An error is retried until the attempts are used up, unless that is useless, and not before it allows."""
    assert verdict_of_error(error, attempt=attempt, max_tries=3, backoff=QUICK) == verdict


def test_backoff_is_full_jitter_below_a_cap() -> None:
    """Waits spread from zero to a bound that doubles with every attempt, up to the cap."""
    backoff = Backoff(base=SECOND, cap=10 * SECOND)
    for attempt, bound in ((1, 1), (2, 2), (3, 4), (4, 8), (5, 10), (10_000, 10)):
        waits = [backoff.delay(attempt) for _ in range(300)]
        assert timedelta(0) <= min(waits) < 0.2 * bound * SECOND
        assert 0.8 * bound * SECOND < max(waits) <= bound * SECOND
