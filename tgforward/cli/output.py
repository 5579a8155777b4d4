"""How results are shown: a table for people, one JSON value with `--json` for programs."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from tgforward.cli.tables import Row, cell, make_table

Json = Annotated[bool, typer.Option("--json", help="Print JSON on standard output, nothing else.")]

UNBOUNDED = 100_000  # a pipe has no width; nothing is folded for it


def show_rows(rows: Sequence[Row], *, as_json: bool, empty: str) -> None:
    """A list of things: a table whose columns are the keys, or a JSON array; `empty` is said if there are none."""
    if as_json:
        show_json(rows)
        return
    if not rows:
        print(empty)
        return
    console = open_console()
    console.print(make_table(rows, console.width))


def show_fields(fields: Mapping[str, Any], *, as_json: bool) -> None:
    """One thing: a line for each field, or a JSON object."""
    if as_json:
        show_json(fields)
        return
    width = max(map(len, fields))
    for name, value in fields.items():
        print(f"{name.replace('_', ' '):<{width}}  {cell(value)}".rstrip())


def show_done(sentence: str, *, as_json: bool, **fields: Any) -> None:
    """What was changed: a sentence, or the same as a JSON object."""
    if as_json:
        show_json(fields)
    else:
        print(sentence)


def show_json(value: Any) -> None:
    """One JSON value on standard output."""
    print(json.dumps(value, default=_plain, ensure_ascii=False), flush=True)


def show_warnings(warnings: Iterable[str]) -> None:
    """What the person should know, on standard error."""
    console = open_console(is_error=True)
    for warning in warnings:
        console.print(Text(f"warning: {warning}", style="yellow"), soft_wrap=True)


def show_more(option: str, cursor: object) -> None:
    """That there is more than was shown, and how to see it: on standard error, so that JSON stays JSON."""
    print(f"there may be more: {option} {cursor}", file=sys.stderr)


def open_console(*, is_error: bool = False) -> Console:
    """Standard output or error, with colours if it is a terminal that has them and nobody set NO_COLOR."""
    console = Console(stderr=is_error)
    if not console.is_terminal:
        console = Console(stderr=is_error, width=UNBOUNDED)
    return console


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
