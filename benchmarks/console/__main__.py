"""`python -m benchmarks.console`: the console's pages in front of a hundred thousand configs."""

import argparse
import asyncio
import sys
from collections.abc import Mapping
from functools import partial
from typing import Any

from benchmarks.bounds import at_most
from benchmarks.command import count, make_parser, run, say
from benchmarks.console.measuring import Timing, measure

MOST_MS = 200


def main() -> int:
    """The exit code: 0 if every page is within its bounds."""
    parser = make_parser("console", "Opens every page of the console, the application and its stores being real.")
    parser.add_argument("--db", choices=("mysql", "sqlite"), default="sqlite", help="mysql starts a MariaDB of its own")
    parser.add_argument("--configs", type=count, default=100_000, help="each with a run; one in 50 has a dead delivery")
    parser.add_argument("--runs", type=count, default=11, help="of each page; median and worst count")
    return run(parser, _measure)


def _measure(arguments: argparse.Namespace) -> Mapping[str, Any]:
    say("console", f"{arguments.configs} configs are made")
    found = asyncio.run(measure(arguments.db, arguments.configs, arguments.runs, partial(say, "console")))
    figures = {page: _figures(timing) for page, timing in found.items()}
    bounds = [at_most(f"{name} ms", timing.median_ms, MOST_MS) for name, timing in found.items()]
    return {"db": arguments.db, "configs": arguments.configs, "pages": figures, "bounds": bounds}


def _figures(timing: Timing) -> dict[str, float]:
    return {"median_ms": timing.median_ms, "worst_ms": timing.worst_ms}


if __name__ == "__main__":
    sys.exit(main())
