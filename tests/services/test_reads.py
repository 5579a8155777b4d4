"""What an account may read: in turn, and no more than it may."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from tgforward.errors import AccountRests
from tgforward.services.reads import ReadBudget


@dataclass(slots=True)
class Time:
    """A clock that the test moves."""

    seconds: float = 0.0

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.seconds, UTC)

    def monotonic(self) -> float:
        return self.seconds


def wait_of(budget: ReadBudget, who: object) -> float:
    """Seconds until the turn of `who`; 0: it has just read."""
    try:
        budget.enter(who)
    except AccountRests as error:
        return error.retry_after.total_seconds()
    return 0.0


def test_a_burst_goes_at_once_and_the_rest_at_the_rate() -> None:
    """After the burst each further request is told its own moment."""
    budget = ReadBudget(Time(), rate=2, burst=3)
    assert [wait_of(budget, who) for who in range(6)] == pytest.approx([0, 0, 0, 0.5, 1.0, 1.5])
    assert (budget.wait, budget.stretch) == (timedelta(seconds=2), timedelta(seconds=1.5))


def test_whoever_comes_again_keeps_its_turn() -> None:
    """To ask early costs nothing, and to come on time is enough."""
    time = Time()
    budget = ReadBudget(time, rate=1, burst=1)
    assert [wait_of(budget, who) for who in "abc"] == [0, 1, 2]
    time.seconds = 0.5
    assert [wait_of(budget, who) for who in "cb"] == [1.5, 0.5]
    assert budget.stretch == timedelta(seconds=1.5)
    time.seconds = 2.0
    assert [wait_of(budget, who) for who in "bc"] == [0, 0]
    assert budget.stretch == timedelta(0)  # the next one would have to wait, but nobody does
    assert budget.wait > timedelta(0)


def test_every_source_gets_its_share() -> None:
    """Forty sources with intervals of 1 to 5 s want seven times as much as there is: all wait equally long."""
    time = Time()
    budget = ReadBudget(time, rate=2, burst=1)
    next_at = dict.fromkeys(range(40), 0.0)
    reads: Counter[int] = Counter()
    while time.seconds < 400:
        who = min(next_at, key=lambda name: next_at[name])
        time.seconds = max(time.seconds, next_at[who])
        wait = wait_of(budget, who)
        reads[who] += wait == 0
        next_at[who] = time.seconds + (wait or 1 + who % 5)
    assert sum(reads.values()) == pytest.approx(800, abs=41)
    assert min(reads.values()) >= 0.8 * max(reads.values())


def test_what_was_saved_is_no_more_than_a_burst() -> None:
    """An account that did not read for a day may not read for a day at once."""
    time = Time()
    budget = ReadBudget(time, rate=1, burst=2)
    wait_of(budget, "early")
    time.seconds = 86_400
    assert [wait_of(budget, who) for who in "abc"] == [0, 0, 1]


def test_who_has_to_wait_is_counted_once() -> None:
    """However often it asks until its turn has come."""
    delays: list[None] = []
    budget = ReadBudget(Time(), rate=1, burst=1, on_delay=lambda: delays.append(None))
    for who in "abbcb":
        wait_of(budget, who)
    assert len(delays) == 2


def test_no_limit() -> None:
    """A rate of 0 lets everything through."""
    budget = ReadBudget(Time(), rate=0, burst=1)
    assert not any(wait_of(budget, who) for who in range(1000))
    assert budget.wait == timedelta(0)
