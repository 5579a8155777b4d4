"""`python -m benchmarks.schedule`: how late slots come with very many configs, beside beats and APScheduler."""

import argparse
import asyncio
import sys
from collections.abc import Mapping
from typing import Any

from benchmarks.command import count, make_parser, run, say
from benchmarks.schedule.measuring import Size, measure
from benchmarks.schedule.peers import PEERS, measure_peers
from benchmarks.schedule.report import make_report


def main() -> int:
    """The exit code: 0 if every figure is within its bound."""
    parser = make_parser("schedule", "Lets the scheduler turn time into jobs, and takes each job when it is due.")
    parser.add_argument("--configs", type=count, default=100_000)
    parser.add_argument("--interval", type=count, default=20, help="of each config, in seconds")
    parser.add_argument("--seconds", type=count, default=60, help="measured of each run, after one interval")
    parser.add_argument("--runs", type=count, default=3, help="the median counts")
    parser.add_argument("--db", choices=("mysql", "sqlite"), default="mysql", help="mysql starts a MariaDB of its own")
    parser.add_argument("--peers", nargs="*", choices=PEERS, default=(), help="measure these too; without names all")
    parser.add_argument("--peer-entries", type=count, nargs="*", default=(1000, 10_000, 100_000), help="of each peer")
    return run(parser, _measure)


def _measure(arguments: argparse.Namespace) -> Mapping[str, Any]:
    size = Size(arguments.configs, arguments.interval, arguments.seconds, arguments.runs, arguments.db)
    runs = []
    for number in range(size.runs):
        runs.append(asyncio.run(measure(size)))
        say("schedule", f"run {number + 1} of {size.runs}: p99 {runs[-1].late_ms[99]:.1f} ms")
    peers: Mapping[str, Any] = {}
    if arguments.peers or arguments.peers == []:
        names = arguments.peers or PEERS
        peers = asyncio.run(measure_peers(names, arguments.peer_entries, arguments.interval, arguments.seconds))
    return make_report(size, runs, peers)


if __name__ == "__main__":
    sys.exit(main())
