"""The figures, and whether each is within its bound."""

from dataclasses import asdict
from statistics import median
from typing import Any

from benchmarks.bounds import at_least, at_most
from benchmarks.enqueue.measuring import Findings, Size

RATIOS = {"pairs": 0.6, "arq": 30, "rq": 7}
"""How many times each figure ours is at least."""


def make_report(size: Size, findings: Findings) -> dict[str, Any]:
    """What `--json` prints; ours is the slower of the first slots and all others."""
    per_s = {way: median(one.per_s for one in runs) for way, runs in findings.taken.items()}
    redis_us = {way: median(one.redis_us for one in runs) for way, runs in findings.taken.items()}
    ours = min(per_s["first"], per_s["again"])
    ratios = {f"ratio_{way}": (ours / per_s[way], least) for way, least in RATIOS.items() if way in per_s}
    return {
        **asdict(size),
        **{f"{way}_per_s": round(figure) for way, figure in per_s.items()},
        **{f"{way}_redis_us": round(figure, 2) for way, figure in redis_us.items()},
        "raw": {way: [asdict(one) for one in runs] for way, runs in findings.taken.items()},
        "bounds": [
            *(at_least(name, ratio, least) for name, (ratio, least) in ratios.items()),
            at_most("lost", findings.lost, 0),
        ],
    }
