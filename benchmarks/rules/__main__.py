"""`python -m benchmarks.rules`: what planning with ten rules costs, as a command."""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.rules.measuring import measure
from benchmarks.rules.report import holds, make_report

FAILED = 1


def main(words: Sequence[str] | None = None) -> int:
    """The exit code: 0 if every figure is within its bound."""
    arguments = _parser().parse_args(words)
    numbers = {"messages": arguments.messages, "runs": arguments.runs, "seed": arguments.seed}
    report = make_report(measure(arguments.messages, arguments.runs, arguments.seed, _say), **numbers)
    sys.stdout.write(json.dumps(report) + "\n" if arguments.json else _table(report))
    return 0 if holds(report) else FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.rules",
        description="Plans messages with ten rules, and does the same work in two other ways.",
    )
    parser.add_argument("--messages", type=_count, default=100_000, help="of each kind")
    parser.add_argument("--runs", type=_count, default=3, help="of each way; the median counts")
    parser.add_argument("--seed", type=int, default=7, help="what the messages say")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is too few: at least 1")
    return number


def _table(report: Mapping[str, Any]) -> str:
    bounds = {bound["name"]: bound for bound in report["bounds"]}
    names = [name for name in report if name.endswith(("_us", "_ratio"))]
    return "".join(f"{name:24}{report[name]:>10}  {_word(bounds.get(name))}".rstrip() + "\n" for name in names)


def _word(bound: Mapping[str, Any] | None) -> str:
    if bound is None:
        return ""
    return f"{bound['bound']:10}{'holds' if bound['holds'] else 'BROKEN'}"


def _say(text: str) -> None:
    sys.stderr.write(f"rules: {text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
