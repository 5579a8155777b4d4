"""`python -m benchmarks.rules`: what planning with ten rules costs, as a command."""

import argparse
import sys
from collections.abc import Mapping
from functools import partial
from typing import Any

from benchmarks.command import count, make_parser, run, say
from benchmarks.rules.measuring import measure
from benchmarks.rules.report import make_report


def main() -> int:
    """The exit code: 0 if every figure is within its bound."""
    parser = make_parser("rules", "Plans messages with ten rules, and does the same work in two other ways.")
    parser.add_argument("--messages", type=count, default=100_000, help="of each kind")
    parser.add_argument("--runs", type=count, default=3, help="of each way; the median counts")
    parser.add_argument("--seed", type=int, default=7, help="what the messages say")
    return run(parser, _measure)


def _measure(arguments: argparse.Namespace) -> Mapping[str, Any]:
    numbers = {"messages": arguments.messages, "runs": arguments.runs, "seed": arguments.seed}
    findings = measure(arguments.messages, arguments.runs, arguments.seed, partial(say, "rules"))
    return make_report(findings, **numbers)


if __name__ == "__main__":
    sys.exit(main())
