"""How much an account may read: requests queue up in the order in which they were first wanted.

Whoever comes too early is told when its turn is, and keeps it. So intervals stretch for all sources alike while the
account reads as much as it may, and no source starves.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import timedelta

from tgforward.clock import Clock
from tgforward.errors import AccountRests

KEPT_FOR_S = 60.0  # a turn that nobody takes is lost


@dataclass(slots=True)
class ReadBudget:
    """`burst` requests at once, then `rate` per second; a rate of 0 means no limit."""

    clock: Clock
    rate: float
    burst: int
    on_delay: Callable[[], None] = lambda: None
    """Told of each request that has to wait, once."""
    _free_at: float | None = None
    """When the bucket will be full again: the monotonic clock in seconds."""
    _turns: dict[Hashable, float] = field(default_factory=dict)

    def enter(self, who: Hashable) -> None:
        """Count one request of `who`.

        Raises:
            AccountRests: it is not yet the turn of `who`; it comes after `retry_after`.
        """
        if self.rate <= 0:
            return
        now = self.clock.monotonic()
        turn = self._turns.pop(who, None)
        if turn is None or turn < now - KEPT_FOR_S:
            turn = self._next_turn(now)
            if turn > now:
                self.on_delay()
        if turn > now:
            self._turns[who] = turn
            raise AccountRests("the account reads no faster than it may", retry_after=timedelta(seconds=turn - now))

    @property
    def wait(self) -> timedelta:
        """How long a new request would have to wait."""
        if self.rate <= 0 or self._free_at is None:
            return timedelta(0)
        left = self._free_at - self.clock.monotonic() - (self.burst - 1) / self.rate
        return timedelta(seconds=max(left, 0.0))

    @property
    def stretch(self) -> timedelta:
        """How long those still have to wait whose turn comes last; 0: nobody waits. Asked by other threads, too."""
        last = max(self._turns.copy().values(), default=0.0)
        return timedelta(seconds=max(last - self.clock.monotonic(), 0.0))

    def _next_turn(self, now: float) -> float:
        """The earliest moment that leaves `burst` requests at once and `rate` in the long run."""
        free_at = max(now, now if self._free_at is None else self._free_at)
        self._free_at = free_at + 1 / self.rate
        return max(now, free_at - (self.burst - 1) / self.rate)
