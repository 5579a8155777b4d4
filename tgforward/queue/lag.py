"""How late the event loop is: who wakes up late also sends late and renews late."""

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta

TICK_S = 0.1


class LoopLag:
    """Compares when it should have been woken up with when it was."""

    def __init__(self, limit: timedelta, on_wake: Callable[[float], None] | None = None) -> None:
        self._limit_s = limit.total_seconds()
        self._on_wake = on_wake
        self._late_s = 0.0
        self._expected = time.monotonic()

    async def run(self) -> None:
        """Watch until cancelled."""
        while True:
            self._expected = time.monotonic() + TICK_S
            await asyncio.sleep(TICK_S)
            self._late_s = self._now_late_s()
            if self._on_wake is not None:
                self._on_wake(self._late_s)

    def is_too_long(self) -> bool:
        """Whether the loop was, or still is, later than the limit; it stays so until one wake-up was in time."""
        return max(self._late_s, self._now_late_s()) > self._limit_s

    def _now_late_s(self) -> float:
        """The lateness so far, even if nobody has been woken up since."""
        return time.monotonic() - self._expected
