"""`python -m benchmarks.forward`: a history, unchanged and edited, beside raw loops and a plain program."""

import argparse
import sys
from collections.abc import Mapping
from typing import Any

from benchmarks.command import count, make_parser, run
from benchmarks.forward.measuring import run_once
from benchmarks.forward.report import make_report


def main() -> int:
    """The exit code: 0 if every figure is within its bound."""
    parser = make_parser("forward", "Forwards the same history in several ways.")
    parser.add_argument("--messages", type=count, default=10_000, help="in the source")
    parser.add_argument("--runs", type=count, default=3, help="the median counts")
    return run(parser, _measure)


def _measure(arguments: argparse.Namespace) -> Mapping[str, Any]:
    return make_report(arguments.messages, [run_once(arguments.messages) for _ in range(arguments.runs)])


if __name__ == "__main__":
    sys.exit(main())
