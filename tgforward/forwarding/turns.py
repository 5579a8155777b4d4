"""Which answer about a source is new enough for whom: one for each slot of the config that reads it most often."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from tgforward.forwarding.slots import slot
from tgforward.types import ConfigId

AHEAD_SHARE = 8
AHEAD_AT_MOST_MS = 5_000
KEPT_FOR_MS = 60_000
"""However long the interval is, nobody is answered with something older."""


@dataclass(frozen=True, slots=True)
class Turns:
    """The slots of one config, each begun a little ahead, so that a source may be asked for together with others."""

    config: ConfigId
    interval_ms: int

    @classmethod
    def of(cls, readers: Mapping[ConfigId, int]) -> Self:
        """Those of the config with the smallest interval in milliseconds, the older one of two."""
        config = min(readers, key=lambda reader: (readers[reader], reader))
        return cls(config, readers[config])

    @property
    def ahead_ms(self) -> int:
        """How long before a slot its turn begins."""
        return min(self.interval_ms // AHEAD_SHARE, AHEAD_AT_MOST_MS)

    def begin(self, at_ms: int) -> int:
        """When the turn that goes on at `at_ms` began."""
        return slot(self.config, self.interval_ms, at_ms + self.ahead_ms) - self.ahead_ms

    def serves(self, asked_ms: int, at_ms: int) -> bool:
        """Whether what was asked at `asked_ms` is new enough at `at_ms`."""
        return asked_ms >= self.begin(at_ms) and at_ms - asked_ms <= KEPT_FOR_MS
