"""The figures, and whether each is within its bound."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from statistics import median
from typing import Any

from benchmarks.bounds import at_least, at_most
from benchmarks.forward.measuring import OURS, WAYS, Taken


def make_report(messages: int, runs: Sequence[Mapping[str, Taken]]) -> dict[str, Any]:
    """What `--json` prints: medians over the runs."""
    report: dict[str, Any] = {"messages": messages, "runs": len(runs)}
    for way in WAYS:
        report[f"{way}_per_s"] = round(messages / median(run[way].seconds for run in runs), 1)
        report[f"{way}_cpu_s_per_1000"] = round(median(run[way].cpu_s for run in runs) * 1000 / messages, 3)
        report[f"{way}_requests_per_message"] = round(median(run[way].requests for run in runs) / messages, 4)
    wrong = sum(not run[way].is_in_order for run in runs for way in OURS)
    return report | {
        "raw": [{way: asdict(taken) for way, taken in run.items()} for run in runs],
        "bounds": [
            at_least("unchanged_of_raw", report["ours_unchanged_per_s"] / report["raw_unchanged_per_s"], 0.8),
            at_least("edited_of_raw", report["ours_edited_per_s"] / report["raw_edited_per_s"], 1.5),
            at_most("ours_unchanged_requests_per_message", report["ours_unchanged_requests_per_message"], 0.03),
            at_most("incomplete_or_out_of_order", wrong, 0),
        ],
    }
