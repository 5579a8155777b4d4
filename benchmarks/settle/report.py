"""The figures, and whether each is within its bound."""

from dataclasses import asdict
from statistics import median
from typing import Any

from benchmarks.bounds import at_least, at_most
from benchmarks.settle.measuring import OURS, Findings, Size

BOUNDS = {"mysql": 8, "sqlite": 20}
"""How many times the tasks of the peer."""


def make_report(kind: str, size: Size, findings: Findings) -> dict[str, Any]:
    """What `--json` prints; ratios are to the peer on the journal that it has by default."""
    medians = {way: median(figures) for way, figures in findings.per_s.items()}
    ratios = {f"{way}_ratio": medians[way] / medians["orm"] for way in OURS}
    return {
        "db": kind,
        **asdict(size),
        **{f"{way}_tasks_per_s": round(figure, 1) for way, figure in medians.items()},
        **{name: round(ratio, 2) for name, ratio in ratios.items()},
        "raw": {way: [round(figure, 1) for figure in figures] for way, figures in findings.per_s.items()},
        "bounds": [
            at_least("warm_ratio", ratios["warm_ratio"], BOUNDS[kind]),
            at_most("lost", findings.lost, 0),
        ],
    }
