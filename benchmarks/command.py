"""What all benchmarks have in common as commands: `--json`, a table without it, progress on stderr, an exit code."""

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from benchmarks.bounds import holds

FAILED = 1
Measure = Callable[[argparse.Namespace], Mapping[str, Any]]


def make_parser(name: str, description: str) -> argparse.ArgumentParser:
    """A parser that knows `--json`; `name` is the module's behind `benchmarks.`."""
    parser = argparse.ArgumentParser(prog=f"python -m benchmarks.{name}", description=description)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser


def count(text: str) -> int:
    """An argument that is a whole number from 1."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is too few: at least 1")
    return number


def run(parser: argparse.ArgumentParser, measure: Measure, words: Sequence[str] | None = None) -> int:
    """Measure, print, and say by the exit code whether every bound holds."""
    arguments = parser.parse_args(words)
    report = measure(arguments)
    sys.stdout.write(json.dumps(report) + "\n" if arguments.json else table(report))
    return 0 if holds(report) else FAILED


def table(report: Mapping[str, Any]) -> str:
    """The plain figures of a report, a line each, beside their bounds."""
    bounds = {bound["name"]: bound for bound in report["bounds"]}
    figures = {name: value for name, value in report.items() if isinstance(value, int | float | str)}
    names = [*figures, *[name for name in bounds if name not in figures]]
    return "".join(_line(name, figures.get(name), bounds.get(name)) for name in names)


def say(name: str, text: str) -> None:
    """Progress, beside the report."""
    sys.stderr.write(f"{name}: {text}\n")
    sys.stderr.flush()


def _line(name: str, figure: object, bound: Mapping[str, Any] | None) -> str:
    shown = bound["figure"] if bound is not None else figure
    word = "" if bound is None else f"{bound['bound']:12}{'holds' if bound['holds'] else 'BROKEN'}"
    return f"{name:44}{shown!s:>14}  {word}".rstrip() + "\n"
