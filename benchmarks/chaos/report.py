"""The figures of one crash test, and whether each is within its bound."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from benchmarks.chaos.observer import Recovery
from benchmarks.chaos.options import Options
from benchmarks.chaos.verdict import Verdict

RECOVERY_BOUND_S = 5.0
ENOUGH_KILLS = 10  # with fewer it may be that no recovery could be measured undisturbed


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything that was seen."""

    options: Options
    verdict: Verdict
    posted: int
    edited: int
    deleted: int
    """Posts that were edited, and deleted, in the sources."""
    sessions_used_twice: int
    flood_violations: int
    unknown_methods: Sequence[str]
    processes_ended: Sequence[str]
    """Processes that ended although nobody had killed them."""
    kills: Mapping[str, int]
    faults: Mapping[str, int]
    caught: Mapping[str, int]
    """How often a process was caught in the middle of a call, by method."""
    edits_refused: int
    frozen_with_database: int
    recoveries: Sequence[Recovery]
    stock_arq_recovery_s: float | None
    duration_s: float


def make_report(found: Findings) -> dict[str, Any]:
    """What `--json` prints."""
    options = asdict(found.options)
    figures = _figures(found)
    return {
        **{name: options[name] for name in ("db", "seed", "messages", "accounts", "workers", "schedulers", "sabotage")},
        **figures,
        "kills_by_role": dict(found.kills),
        "faults": dict(sorted(found.faults.items())),
        "caught_in_call": dict(sorted(found.caught.items())),
        "edits_refused": found.edits_refused,
        "duration_s": round(found.duration_s, 1),
        "examples": [*found.verdict.examples, *found.processes_ended, *_slow(found.recoveries)],
        "bounds": _bounds(found.options, figures),
    }


def holds(report: Mapping[str, Any]) -> bool:
    """Whether every figure is within its bound."""
    return all(bound["holds"] for bound in report["bounds"])


def _figures(found: Findings) -> dict[str, Any]:
    verdict, recoveries = found.verdict, [recovery.seconds for recovery in found.recoveries]
    return {
        "posted": found.posted,
        "edited": found.edited,
        "deleted": found.deleted,
        "expected": verdict.expected,
        "forwarded": verdict.forwarded,
        "lost": verdict.lost,
        "doubled": verdict.doubled,
        "out_of_order": verdict.out_of_order,
        "cut_albums": verdict.cut_albums,
        "unexpected": verdict.unexpected,
        "stale": verdict.stale,
        "undeleted": verdict.undeleted,
        "broken_replies": verdict.broken_replies,
        "sessions_used_twice": found.sessions_used_twice,
        "flood_violations": found.flood_violations,
        "unknown_methods": len(found.unknown_methods),
        "processes_ended": len(found.processes_ended),
        "kills": sum(found.kills.values()),
        "frozen_with_database": found.frozen_with_database,
        "recoveries": len(recoveries),
        "recovery_p50_s": round(median(recoveries), 2) if recoveries else None,
        "recovery_max_s": round(max(recoveries), 2) if recoveries else None,
        "stock_arq_recovery_s": None if found.stock_arq_recovery_s is None else round(found.stock_arq_recovery_s, 2),
    }


def _slow(recoveries: Sequence[Recovery]) -> list[str]:
    """Those above the bound, with the time that the logs know them by."""
    return [
        f"slow: {item.account} {item.seconds:.1f} s after the kill of {item.victim} at {item.killed_at:%H:%M:%S.%f} UTC"
        for item in recoveries
        if item.seconds >= RECOVERY_BOUND_S
    ]


def _bounds(options: Options, figures: Mapping[str, Any]) -> list[dict[str, Any]]:
    zeros = (
        *("lost", "doubled", "out_of_order", "cut_albums", "unexpected", "sessions_used_twice", "flood_violations"),
        *("stale", "undeleted", "broken_replies", "unknown_methods", "processes_ended"),
    )
    recovery = figures["recovery_max_s"]
    is_quick = options.kills < ENOUGH_KILLS if recovery is None else recovery < RECOVERY_BOUND_S
    return [
        *(_bound(name, figures[name], "0", holds=figures[name] == 0) for name in zeros),
        _bound("posted", figures["posted"], f">= {options.messages}", holds=figures["posted"] >= options.messages),
        _bound("kills", figures["kills"], f"{options.kills}", holds=figures["kills"] == options.kills),
        _bound("recovery_max_s", recovery, f"< {RECOVERY_BOUND_S:g}", holds=is_quick),
    ]


def _bound(name: str, figure: Any, bound: str, *, holds: bool) -> dict[str, Any]:
    return {"name": name, "figure": figure, "bound": bound, "holds": holds}
