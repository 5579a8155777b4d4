"""How far a history has come, and when it will be there."""

from datetime import UTC, datetime, timedelta

import pytest

from tgforward.forwarding.history import HistoryWindow
from tgforward.forwarding.progress import KNOWN_FOR, PastRun, share_left, speed, time_left
from tgforward.types import MessageId

NOW = datetime(2030, 1, 1, tzinfo=UTC)


def ran(ago_s: float, messages: int, took_s: float = 1.0) -> PastRun:
    """A run that began so many seconds ago."""
    began = NOW - timedelta(seconds=ago_s)
    return PastRun(began, began + timedelta(seconds=took_s), messages)


@pytest.mark.parametrize(
    ("floor", "top", "cursor", "share"),
    [(0, 100, 0, 1.0), (0, 100, 75, 0.25), (100, 300, 200, 0.5), (0, 100, 100, 0), (50, 50, 50, 0), (0, 0, 7, 0)],
)
def test_what_is_left_of_a_window(floor: int, top: int, cursor: int, share: float) -> None:
    """By the cursor's place in it; a window that is empty, or was left behind, is done."""
    assert share_left(HistoryWindow(MessageId(floor), MessageId(top)), MessageId(cursor)) == share


@pytest.mark.parametrize(
    ("runs", "expected"),
    [
        ([], None),
        ([ran(10, 100)], 10),
        ([ran(10, 100), ran(20, 100)], 10),
        ([ran(100, 100), ran(200, 100)], 1),
        ([ran(10, 0)], None),
        ([ran(10, 0), ran(20, 100)], 5),
        ([ran(601, 100, took_s=0)], None),
        ([ran(10, 100), ran(10_000, 100)], 10),
        ([ran(900, 90, took_s=890)], 0.1),
        ([ran(100, 100), ran(101, 100), ran(102, 100)], 1),
        ([ran(20, 100), ran(40, 100), ran(80, 100), ran(82, 100)], 3.75),
    ],
    ids=[
        "none",
        "one",
        "two",
        "with waits",
        "nothing done",
        "one did nothing",
        "long ago",
        "a pause before",
        "slow",
        "after a burst",
        "a minute",
    ],
)
def test_speed(runs: list[PastRun], expected: float | None) -> None:
    """That of the latest runs with the waits between them; what lies behind a long pause tells nothing."""
    assert speed(runs, NOW) == expected


def test_time_left() -> None:
    """It grows while nothing comes, until nobody can tell any more."""
    run = ran(10, 100)
    assert time_left(1000, [run], NOW) == timedelta(seconds=100)
    assert time_left(1000, [run], NOW + timedelta(seconds=10)) == timedelta(seconds=200)
    assert time_left(1000, [run], run.ended + KNOWN_FOR * 1.01) is None
    assert time_left(0, [run], NOW) is None
