"""`python -m benchmarks.idle`: what a thousand configs cost while nothing is new."""

import argparse
import asyncio
import sys
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from benchmarks.command import count, make_parser, run, say
from benchmarks.idle.measuring import Size, measure
from benchmarks.idle.report import make_report


def main() -> int:
    """The exit code: 0 if every figure is within its bound."""
    parser = make_parser("idle", "Lets configs tick without anything to forward, and counts what they ask for.")
    parser.add_argument("--configs", type=count, default=1000, help="of one account")
    parser.add_argument("--sources", type=count, default=1000, help="that the configs are dealt out to")
    parser.add_argument("--interval", type=count, default=20, help="seconds from tick to tick of a config")
    parser.add_argument("--intervals", type=count, default=3, help="how many of them are measured")
    parser.add_argument("--shared", action=argparse.BooleanOptionalAction, default=True, help="then all on one source")
    return run(parser, _measure)


def _measure(arguments: argparse.Namespace) -> Mapping[str, Any]:
    sources = min(arguments.sources, arguments.configs)
    size = Size(arguments.configs, sources, arguments.interval, arguments.intervals)
    sizes = [size, replace(size, sources=1)] if arguments.shared and sources > 1 else [size]
    found = []
    for each in sizes:
        say("idle", f"{each.configs} configs on {each.sources} source(s)")
        found.append((each, asyncio.run(measure(each))))
    return make_report(found)


if __name__ == "__main__":
    sys.exit(main())
