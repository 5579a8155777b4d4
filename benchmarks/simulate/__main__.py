"""`python -m benchmarks.simulate`: what an installation of some size needs, computed from measured costs."""

import argparse
import sys
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from benchmarks.command import count, make_parser, run
from benchmarks.simulate.arrivals import World
from benchmarks.simulate.costs import Costs
from benchmarks.simulate.report import make_report


def main() -> int:
    """The exit code: 0 if every figure is within its bound."""
    parser = make_parser("simulate", "Computes what scheduler, Redis and accounts bear; measures nothing.")
    parser.add_argument("--configs", type=count, default=1_000_000)
    parser.add_argument("--accounts", type=count, default=1000, help="the configs are dealt out to them")
    parser.add_argument("--sources", type=count, default=1000, help="of each account; configs share them")
    parser.add_argument("--interval", type=count, default=20, help="of each config, in seconds")
    parser.add_argument("--redis", type=count, default=4, help="instances; accounts are dealt out to them by hash")
    parser.add_argument("--news", type=float, default=0.01, help="share of the ticks that find something new")
    for field in fields(Costs):
        name = "--" + field.name.replace("_", "-")
        parser.add_argument(name, type=float, default=field.default, help="a cost; see benchmarks/simulate/costs.py")
    return run(parser, _measure)


def _measure(arguments: argparse.Namespace) -> Mapping[str, Any]:
    given = arguments
    world = World(given.configs, given.accounts, given.sources, given.interval, given.redis)
    return make_report(world, given.news, Costs(**{field.name: getattr(given, field.name) for field in fields(Costs)}))


if __name__ == "__main__":
    sys.exit(main())
