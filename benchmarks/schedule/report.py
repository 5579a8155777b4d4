"""The figures, and whether each is within its bound."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from statistics import median
from typing import Any

from benchmarks.bounds import Bound, at_most
from benchmarks.schedule.measuring import Found, Size

MANY = 100_000
LATE_MS, VERY_MANY_LATE_MS = 25, 250
LOAD_S, EDIT_S = 2, 1
CORES, MB, REDIS_CORES = 0.15, 120, 0.2


def make_report(size: Size, runs: Sequence[Found], peers: Mapping[str, Any]) -> dict[str, Any]:
    """What `--json` prints; medians over the runs, what went wrong added up."""
    late = {share: median(one.late_ms[share] for one in runs) for share in (50, 99, 100)}
    names = ("load_s", "scheduler_cores", "scheduler_mb", "redis_cores", "redis_mb")
    figures = {name: round(median(getattr(one, name) for one in runs), 3) for name in names}
    report = {
        **asdict(size),
        "late_p50_ms": round(late[50], 2),
        "late_p99_ms": round(late[99], 2),
        "late_max_ms": round(late[100], 2),
        **{name: sum(getattr(one, name) for one in runs) for name in ("slots", "doubled", "missed")},
        **figures,
        "edit_s": round(max(seconds for one in runs for seconds in one.edits_s), 3),
    }
    for name, of_sizes in peers.items():
        for entries, found in of_sizes.items():
            report[f"{name}_{entries}_p99_ms"] = found.get("p99_ms", found.get("failed"))
    raw = {"raw": [asdict(one) for one in runs], "raw_peers": dict(peers)}
    return report | raw | {"bounds": _bounds(size, report)}


def _bounds(size: Size, report: Mapping[str, Any]) -> list[Bound]:
    """What one core can bear is promised up to `MANY` configs."""
    most: dict[str, float] = {"late_p99_ms": LATE_MS, "doubled": 0, "missed": 0, "load_s": LOAD_S, "edit_s": EDIT_S}
    most |= {"scheduler_cores": CORES, "scheduler_mb": MB, "redis_cores": REDIS_CORES}
    if size.configs > MANY:
        most = {"late_p99_ms": VERY_MANY_LATE_MS, "doubled": 0, "missed": 0}
    return [at_most(name, report[name], figure) for name, figure in most.items()]
