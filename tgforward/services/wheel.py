"""A timing wheel: configs by the moment at which they are due."""

from tgforward.types import ConfigId

TICK_MS = 50


class Wheel:
    """Configs by ticks of `TICK_MS`; to put one in or to take one out costs the same however many there are.

    A config that moved or is gone is not taken out: whoever takes it out knows what has become of it.
    """

    def __init__(self) -> None:
        self._ticks: dict[int, list[ConfigId]] = {}
        self._next = 0

    def put(self, config_id: ConfigId, due_ms: int) -> None:
        """Have the config come out at its moment, or at once if that has passed."""
        tick = max(due_ms // TICK_MS, self._next)
        known = self._ticks.get(tick)
        if known is None:
            self._ticks[tick] = [config_id]
        else:
            known.append(config_id)

    def pop_until(self, moment_ms: int) -> list[ConfigId]:
        """Those that are due until `moment_ms` or in the rest of its tick, about in order of time."""
        end = moment_ms // TICK_MS + 1
        due = [config_id for tick in self._passed(end) for config_id in self._ticks.pop(tick, ())]
        self._next = max(end, self._next)
        return due

    def _passed(self, end: int) -> list[int] | range:
        if end - self._next <= len(self._ticks):
            return range(self._next, end)
        return sorted(tick for tick in self._ticks if tick < end)  # after a jump most ticks are empty
