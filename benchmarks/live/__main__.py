"""`python -m benchmarks.live`: from the post to the copy, with instant configs and with a handler of events."""

import argparse
import asyncio
import sys
from collections.abc import Mapping
from typing import Any

from benchmarks.command import count, make_parser, run, say
from benchmarks.live.measuring import Size, measure
from benchmarks.live.report import make_report


def main() -> int:
    """The exit code: 0 if every figure is within its bound."""
    parser = make_parser("live", "Posts at a steady rate and looks when each message arrives.")
    parser.add_argument("--messages", type=count, default=500, help="posts of each run")
    parser.add_argument("--rate", type=float, default=20, help="posts per second; kills make it slower")
    parser.add_argument("--kills", type=int, default=0, help="how often worker and peer are killed meanwhile")
    parser.add_argument("--runs", type=count, default=3, help="the median counts")
    parser.add_argument("--db", choices=("mysql", "sqlite"), default="mysql", help="mysql starts a MariaDB of its own")
    return run(parser, _measure)


def _measure(arguments: argparse.Namespace) -> Mapping[str, Any]:
    size = Size(arguments.messages, arguments.rate, arguments.kills, arguments.runs, arguments.db)
    runs = []
    for number in range(size.runs):
        runs.append(asyncio.run(measure(size)))
        say("live", f"run {number + 1} of {size.runs}")
    return make_report(size, runs)


if __name__ == "__main__":
    sys.exit(main())
