"""A Redis as a server with one queue: what comes waits until what came before is done."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from benchmarks.simulate.arrivals import BIN_MS
from benchmarks.simulate.costs import Costs

AHEAD_MS = 500  # slots are enqueued so much earlier than they are claimed
TICK_MS = 100  # and come in one go for each tick of the scheduler
INTERVALS = 3  # the first ones fill the queue, the last one counts


@dataclass(frozen=True, slots=True)
class Load:
    """What one Redis bears."""

    slots: int
    utilisation: float
    p50_ms: float
    p99_ms: float
    """What a claim waits for, its own time included; Redis alternates between its clients, so this is too much."""


def simulate(slots: Sequence[int], costs: Costs) -> Load:
    """One Redis over some intervals; an overloaded one falls behind further with each of them."""
    enqueues = _ticked(slots)
    bins = len(slots)
    backlog_us, waits = 0.0, list[tuple[float, int]]()
    for number in range(INTERVALS * bins):
        now = number % bins
        before_us = backlog_us + enqueues[now] * costs.slot_redis_us
        backlog_us = before_us + slots[now] * costs.job_redis_us
        if number >= (INTERVALS - 1) * bins and slots[now]:
            waits.append((backlog_us / 1000, slots[now]))
        backlog_us = max(0.0, backlog_us - BIN_MS * 1000)
    busy_us = sum(slots) * (costs.slot_redis_us + costs.job_redis_us)
    return Load(sum(slots), busy_us / (bins * BIN_MS * 1000), _share(waits, 0.5), _share(waits, 0.99))


def _ticked(slots: Sequence[int]) -> list[int]:
    """When the slots of each tick are enqueued."""
    bins, step = len(slots), TICK_MS // BIN_MS
    found = [0] * bins
    for start in range(0, bins, step):
        found[(start - AHEAD_MS // BIN_MS) % bins] += sum(slots[start : start + step])
    return found


def _share(waits: list[tuple[float, int]], share: float) -> float:
    ordered = sorted(waits)
    sums = accumulate(number for _, number in ordered)
    most = share * sum(number for _, number in ordered)
    return next((wait for (wait, _), passed in zip(ordered, sums, strict=True) if passed >= most), 0.0)
