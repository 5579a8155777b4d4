"""`python -m benchmarks.settle`: the bookkeeping of runs, beside one ORM transaction per job in stock arq."""

import argparse
import asyncio
import sys
from collections.abc import Mapping
from functools import partial
from typing import Any

from benchmarks.command import count, make_parser, run, say
from benchmarks.settle.measuring import Size, measure
from benchmarks.settle.report import BOUNDS, make_report


def main() -> int:
    """The exit code: 0 if every figure is within its bound."""
    parser = make_parser("settle", "Keeps the books of many runs, ours and an ordinary program's.")
    parser.add_argument("--db", choices=sorted(BOUNDS), default="sqlite", help="mysql starts a MariaDB of its own")
    parser.add_argument("--tasks", type=count, default=4000, help="of ours, in each of three rounds")
    parser.add_argument("--peer-tasks", type=count, default=500, help="of the peer")
    parser.add_argument("--messages", type=count, default=1, help="deliveries of each task")
    parser.add_argument("--runs", type=count, default=3, help="of each way; the median counts")
    return run(parser, _measure)


def _measure(arguments: argparse.Namespace) -> Mapping[str, Any]:
    size = Size(arguments.tasks, arguments.peer_tasks, arguments.messages, arguments.runs)
    findings = asyncio.run(measure(arguments.db, size, partial(say, "settle")))
    return make_report(arguments.db, size, findings)


if __name__ == "__main__":
    sys.exit(main())
