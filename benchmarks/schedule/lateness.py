"""Which slots came, and how late."""

import sys
from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field

from tgforward.forwarding.slots import slot
from tgforward.types import ConfigId


@dataclass(slots=True)
class Lateness:
    """The jobs of configs 1 to `configs` whose slots lie in a window of time; others are noted when they first come."""

    configs: int
    begin_ms: int = sys.maxsize
    end_ms: int = sys.maxsize
    late_ms: "array[float]" = field(default_factory=lambda: array("f"))
    doubled: int = 0
    came_at_ms: dict[int, float] = field(default_factory=dict)
    """Configs beyond the number, and when their first job came."""
    _last: "array[int]" = field(init=False)

    def __post_init__(self) -> None:
        self._last = array("q", [0]) * (self.configs + 1)

    def open(self, begin_ms: int, end_ms: int) -> None:
        """Count slots of this time, which must not have begun."""
        self.begin_ms, self.end_ms = begin_ms, end_ms

    def add(self, jobs: Iterable[tuple[int, int]], now_ms: float) -> None:
        """Jobs that may start now."""
        last = self._last
        for config, slot_ms in jobs:
            if config > self.configs:
                self.came_at_ms.setdefault(config, now_ms)
            elif slot_ms <= last[config]:
                self.doubled += 1
            else:
                last[config] = slot_ms
                if self.begin_ms <= slot_ms < self.end_ms:
                    self.late_ms.append(now_ms - slot_ms)

    def missed(self, interval_ms: int) -> int:
        """Slots inside the window that did not come."""
        begin, end = self.begin_ms - 1, self.end_ms - 1
        numbers = (ConfigId(number) for number in range(1, self.configs + 1))
        gaps = (slot(number, interval_ms, end) - slot(number, interval_ms, begin) for number in numbers)
        return sum(gaps) // interval_ms - len(self.late_ms)


def percentiles(figures: Iterable[float]) -> dict[int, float]:
    """The figures that 50, 99 and 100 percent do not exceed; 0 without any."""
    ordered = sorted(figures) or [0.0]
    return {share: ordered[min(len(ordered) * share // 100, len(ordered) - 1)] for share in (50, 99, 100)}
