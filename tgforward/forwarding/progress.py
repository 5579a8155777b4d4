"""How far a history has come, and when it will be there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tgforward.forwarding.history import HistoryWindow
from tgforward.types import MessageId

KNOWN_FOR = timedelta(minutes=10)
"""A run tells the speed of no other that is further away; an account at its default pace runs every 100 s."""
ENOUGH = timedelta(minutes=1)
"""So much of the past tells the speed: a pace lets a burst through at first (300 messages, one a second after it)."""


@dataclass(frozen=True, slots=True)
class PastRun:
    """A run that is over, and how many messages it got through, sent or skipped."""

    began: datetime
    ended: datetime
    messages: int


def share_left(window: HistoryWindow, cursor: MessageId) -> float:
    """The part of the window above the cursor, from 0 to 1; ids stand for messages, gaps being everywhere alike."""
    length = window.top - window.floor
    return min(max((window.top - cursor) / length, 0.0), 1.0) if length > 0 else 0.0


def speed(runs: Sequence[PastRun], now: datetime) -> float | None:
    """Messages per second over the latest runs (newest first), waits included, a minute back; None: not known."""
    latest: list[PastRun] = []
    until = now
    for run in runs:
        if until - run.ended > KNOWN_FOR or now - until >= ENOUGH:
            break
        latest.append(run)
        until = run.began
    messages = sum(run.messages for run in latest)
    return messages / max((now - until).total_seconds(), 0.001) if messages else None


def time_left(messages: float, runs: Sequence[PastRun], now: datetime) -> timedelta | None:
    """When so many messages will be through, if it goes on as in the latest runs; None: nothing is known."""
    per_s = speed(runs, now)
    return None if per_s is None or messages <= 0 else timedelta(seconds=messages / per_s)
