"""The figures, and whether each is within its bound."""

from collections.abc import Sequence
from dataclasses import asdict
from itertools import pairwise
from typing import Any

from benchmarks.bounds import at_least, at_most
from benchmarks.history.measuring import Findings, Size
from benchmarks.history.watching import Moment

WORKER_MB = 150


def make_report(size: Size, found: Findings) -> dict[str, Any]:
    """What `--json` prints."""
    begin, end = _first(found.moments, 1), found.moments[-1]
    peaks = [max(m.worker_mb for m in found.moments if m.kills == life) for life in range(end.kills + 1)]
    figures: dict[str, Any] = {
        "arrived": end.arrived,
        "seconds": round(end.seconds, 1),
        "messages_per_s": round((end.arrived - begin.arrived) / max(end.seconds - begin.seconds, 0.001), 1),
        "requests_per_message": round(found.requests / size.messages, 4),
        "worker_mb": max(peaks),
        "worker_mb_at_first": _first(found.moments, size.messages // 10).worker_mb,
        "longest_still_s": round(_longest_still_s(found.moments), 1),
        "estimated_left_s": None if found.estimate is None else round(found.estimate.left_s, 1),
        "really_left_s": None if found.estimate is None else round(end.seconds - found.estimate.seconds, 1),
        "lost": found.lost,
        "doubled": found.doubled,
        "misplaced": found.misplaced,
        "ended_by_themselves": len(found.ended),
    }
    bounds = [at_most(name, figures[name], 0) for name in ("lost", "doubled", "misplaced", "ended_by_themselves")]
    bounds += [at_most("worker_mb", figures["worker_mb"], WORKER_MB), at_least("kills_done", end.kills, size.kills)]
    return asdict(size) | figures | {"raw": [asdict(moment) for moment in found.moments], "bounds": bounds}


def _first(moments: Sequence[Moment], arrived: int) -> Moment:
    """The first look that saw so many messages; else the last one."""
    return next((moment for moment in moments if moment.arrived >= arrived), moments[-1])


def _longest_still_s(moments: Sequence[Moment]) -> float:
    """For how long nothing arrived between the first message and the last one, as seen twice a second."""
    new = [later for earlier, later in pairwise(moments) if later.arrived > earlier.arrived]
    return max((later.seconds - earlier.seconds for earlier, later in pairwise(new)), default=0.0)
