"""How a job can end; `worker/` maps each to arq."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Done:
    """Nothing is left for now; the next slot comes by itself."""


@dataclass(frozen=True, slots=True)
class Continue:
    """A bounded piece is done and more waits: the successor is enqueued at once."""


@dataclass(frozen=True, slots=True)
class Snooze:
    """The job must wait; it ends now, spends no attempt, and its successor runs after `delay`."""

    delay: timedelta
    reason: str


@dataclass(frozen=True, slots=True)
class Parked:
    """A permanent error: the config or its account waits for a person; no successor."""

    reason: str


Outcome = Done | Continue | Snooze | Parked
