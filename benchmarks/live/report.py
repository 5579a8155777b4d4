"""The figures, and whether each is within its bound."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from statistics import median
from typing import Any

from benchmarks.bounds import at_most
from benchmarks.live.measuring import Arrivals, Size

P50_MS, P99_MS = 20, 100


def make_report(size: Size, runs: Sequence[Mapping[str, Arrivals]]) -> dict[str, Any]:
    """What `--json` prints; medians over the runs, what went wrong added up."""
    report: dict[str, Any] = dict(asdict(size))
    for name in ("ours", "peer"):
        of_each = [run[name] for run in runs]
        for share in (50, 99):
            report[f"{name}_p{share}_ms"] = round(median(_percentile(one.late_ms, share) for one in of_each), 2)
        for fault in ("lost", "doubled", "misplaced"):
            report[f"{name}_{fault}"] = sum(getattr(one, fault) for one in of_each)
    bounds = [at_most(f"ours_{fault}", report[f"ours_{fault}"], 0) for fault in ("lost", "doubled", "misplaced")]
    if not size.kills:  # while nobody works, messages wait
        bounds += [at_most(f"ours_p{share}_ms", report[f"ours_p{share}_ms"], most) for share, most in BOUNDS.items()]
    raw = [{name: [round(late, 2) for late in one.late_ms] for name, one in run.items()} for run in runs]
    return report | {"raw_late_ms": raw, "bounds": bounds}


BOUNDS = {50: P50_MS, 99: P99_MS}


def _percentile(figures: Sequence[float], share: int) -> float:
    """The figure that so many percent do not exceed; 0 without any."""
    ordered = sorted(figures)
    return ordered[min(len(ordered) * share // 100, len(ordered) - 1)] if ordered else 0.0
