"""`python -m benchmarks.bulk`: `config export` and `config apply` with many configs, as commands."""

import argparse
import asyncio
import sys
from collections.abc import Mapping
from functools import partial
from typing import Any

from benchmarks.bulk.measuring import measure
from benchmarks.bulk.report import make_report
from benchmarks.command import count, make_parser, run, say


def main() -> int:
    """The exit code: 0 if every figure is within its bound."""
    parser = make_parser("bulk", "Exports and applies a document of many configs.")
    parser.add_argument("--db", choices=("mysql", "sqlite"), default="sqlite", help="mysql starts a MariaDB of its own")
    parser.add_argument("--configs", type=count, default=10_000, help="in the document")
    parser.add_argument("--runs", type=count, default=3, help="each on a new database; the median counts")
    return run(parser, _measure)


def _measure(arguments: argparse.Namespace) -> Mapping[str, Any]:
    findings = asyncio.run(measure(arguments.db, arguments.configs, arguments.runs, partial(say, "bulk")))
    return make_report(findings, db=arguments.db, configs=arguments.configs, runs=arguments.runs)


if __name__ == "__main__":
    sys.exit(main())
