"""The figures, and whether each is within its bound."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from benchmarks.bounds import Bound, at_least, at_most
from benchmarks.idle.measuring import Size, Windows

REQUESTS_PER_TICK = 0.012
REQUESTS_PER_INTERVAL = 1.0
TICKS_OF_DUE = 0.95  # or nothing was measured
JITTER, JITTER_SHARE = 3, 0.1  # so much more often a timer may fire in one window than in the other


def make_report(found: Sequence[tuple[Size, Windows]]) -> dict[str, Any]:
    """What `--json` prints: the configs dealt out to the sources, and all on one."""
    report: dict[str, Any] = {}
    bounds: list[Bound] = []
    for size, windows in found:
        name = "shared" if size.sources == 1 else "spread"
        figures = _figures(size, windows)
        report |= {f"{name}_{key}": value for key, value in figures.items()}
        bounds += _bounds(name, size, figures)
    return report | {"raw": [asdict(size) | asdict(windows) for size, windows in found], "bounds": bounds}


def caused(windows: Windows) -> Counter[str]:
    """The statements that ticks ask for: those that grow with them by more than a timer can."""
    few = windows.few.statements
    return Counter(
        {
            shape: count - few.get(shape, 0)
            for shape, count in windows.all.statements.items()
            if count - few.get(shape, 0) > JITTER + JITTER_SHARE * few.get(shape, 0)
        }
    )


def _figures(size: Size, windows: Windows) -> dict[str, Any]:
    window, by_ticks = windows.all, caused(windows)
    ticks, requests = _total(window.ticks), _total(window.requests)
    return {
        "configs": size.configs,
        "sources": size.sources,
        "ticks": ticks,
        "ticks_of_few": _total(windows.few.ticks),
        "ticks_of_due": round(ticks / (size.configs * (size.intervals + 0.5)), 4),
        "statements": _total(window.statements),
        "statements_of_few": _total(windows.few.statements),
        "queries_per_tick": round(by_ticks.total() / max(ticks, 1), 5),
        "caused_by_ticks": dict(by_ticks),
        "requests": requests,
        "requests_per_tick": round(requests / max(ticks, 1), 5),
    }


def _bounds(name: str, size: Size, figures: Mapping[str, Any]) -> list[Bound]:
    least = at_least(f"{name}_ticks_of_due", figures["ticks_of_due"], TICKS_OF_DUE)
    queries = at_most(f"{name}_queries_per_tick", figures["queries_per_tick"], 0)
    if size.sources == 1:
        per_interval = figures["requests"] / size.intervals  # the window begins just behind a request
        few = at_most(f"{name}_requests_per_interval", per_interval, REQUESTS_PER_INTERVAL)
    else:
        few = at_most(f"{name}_requests_per_tick", figures["requests_per_tick"], REQUESTS_PER_TICK)
    return [least, queries, few]


def _total(counts: Mapping[str, int]) -> int:
    return sum(counts.values())
