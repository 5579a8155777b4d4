"""`python -m benchmarks.history`: a long history through a worker that is killed in the middle."""

import argparse
import asyncio
import sys
from collections.abc import Mapping
from typing import Any

from benchmarks.command import count, make_parser, run, say
from benchmarks.history.measuring import Size, measure
from benchmarks.history.report import make_report


def main() -> int:
    """The exit code: 0 if every figure is within its bound."""
    parser = make_parser("history", "Forwards a long history, killing the worker in the middle.")
    parser.add_argument("--messages", type=count, default=100_000, help="in the source before the config begins")
    parser.add_argument("--kills", type=int, default=1, help="how often the worker is killed, evenly spread")
    parser.add_argument("--db", choices=("mysql", "sqlite"), default="mysql", help="mysql starts a MariaDB of its own")
    parser.add_argument("--length", type=int, default=0, help="characters of each message, at least")
    parser.add_argument("--edited", action="store_true", help="add a line to each, so that it is sent anew")
    return run(parser, _measure)


def _measure(arguments: argparse.Namespace) -> Mapping[str, Any]:
    size = Size(arguments.messages, arguments.kills, arguments.db, arguments.length, arguments.edited)
    return make_report(size, asyncio.run(measure(size, lambda text: say("history", text))))


if __name__ == "__main__":
    sys.exit(main())
