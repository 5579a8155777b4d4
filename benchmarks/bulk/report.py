"""The figures, and whether each is within its bound."""

from statistics import median
from typing import Any

from benchmarks.bounds import at_most
from benchmarks.bulk.measuring import Findings

BOUND_S = 10
"""For 10,000 configs, from the start of the command to its end."""


def make_report(findings: Findings, *, db: str, configs: int, runs: int) -> dict[str, Any]:
    """What `--json` prints."""
    medians = {f"{what}_s": median(figures) for what, figures in findings.seconds.items()}
    return {
        "db": db,
        "configs": configs,
        "runs": runs,
        **{name: round(figure, 2) for name, figure in medians.items()},
        "raw": {what: [round(figure, 2) for figure in figures] for what, figures in findings.seconds.items()},
        "bounds": [
            *[at_most(name, figure, BOUND_S) for name, figure in medians.items()],
            at_most("wrong", findings.wrong, 0),
        ],
    }
