"""`python -m benchmarks.enqueue`: slots put into queues, beside arq, rq and Redis's own limit."""

import argparse
import asyncio
import sys
from collections.abc import Mapping
from functools import partial
from typing import Any

from benchmarks.command import count, make_parser, run, say
from benchmarks.enqueue.measuring import Size, measure
from benchmarks.enqueue.report import make_report


def main() -> int:
    """The exit code: 0 if every figure is within its bound."""
    parser = make_parser("enqueue", "Enqueues many jobs, each way into an empty Redis.")
    parser.add_argument("--jobs", type=count, default=100_000, help="of ours, and pairs of Redis itself")
    parser.add_argument("--arq-jobs", type=count, default=6_000, help="of stock arq, one by one")
    parser.add_argument("--rq-jobs", type=count, default=20_000, help="of rq")
    parser.add_argument("--no-rq", action="store_true", help="leave rq out, which is installed at its first use")
    parser.add_argument("--runs", type=count, default=3, help="of each way; the median counts")
    return run(parser, _measure)


def _measure(arguments: argparse.Namespace) -> Mapping[str, Any]:
    rq_jobs = 0 if arguments.no_rq else arguments.rq_jobs
    size = Size(arguments.jobs, arguments.arq_jobs, rq_jobs, arguments.runs)
    return make_report(size, asyncio.run(measure(size, partial(say, "enqueue"))))


if __name__ == "__main__":
    sys.exit(main())
