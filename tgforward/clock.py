"""Time as something that is passed in: production uses `SystemClock`, tests one that they move themselves."""

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Where the time comes from."""

    def now(self) -> datetime:
        """The aware UTC wall-clock time. May jump."""
        ...

    def monotonic(self) -> float:
        """Seconds from an arbitrary start that never go back; only differences mean something."""
        ...


class SystemClock:
    """The machine's own clocks."""

    def now(self) -> datetime:
        """The aware UTC wall-clock time."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds since an arbitrary start."""
        return time.monotonic()
