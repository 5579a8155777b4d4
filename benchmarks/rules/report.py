"""The figures, and whether each is within its bound."""

from statistics import median
from typing import Any

from benchmarks.bounds import at_most
from benchmarks.rules.measuring import CORPORA, WAYS, Findings

BOUNDS_US = {"no_match": 20, "match": 60, "edit": 60}
RIVALS = ("markdown", "loop")
"""What they do is compared with our rules alone: neither plans anything, and the loop loses all formatting."""


def make_report(findings: Findings, *, messages: int, runs: int, seed: int) -> dict[str, Any]:
    """What `--json` prints."""
    medians = {f"{corpus}_{way}_us": median(measured.us) for (corpus, way), measured in findings.items()}
    ratios = {
        f"{corpus}_{way}_ratio": round(medians[f"{corpus}_{way}_us"] / medians[f"{corpus}_rules_us"], 2)
        for corpus in CORPORA
        for way in RIVALS
    }
    return {
        "messages": messages,
        "runs": runs,
        "seed": seed,
        **{name: round(figure, 2) for name, figure in medians.items()},
        **ratios,
        "raw": {
            corpus: {way: [round(figure, 2) for figure in findings[corpus, way].us] for way in WAYS}
            for corpus in CORPORA
        },
        "dropped": {corpus: {way: findings[corpus, way].tally[-1].dropped for way in WAYS} for corpus in CORPORA},
        "changed": {corpus: {way: findings[corpus, way].tally[-1].changed for way in WAYS} for corpus in CORPORA},
        "bounds": [
            at_most(f"{corpus}_plan_us", medians[f"{corpus}_plan_us"], below) for corpus, below in BOUNDS_US.items()
        ],
    }
