"""How results are shown: a table for people, one JSON value with `--json` for programs."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

Json = Annotated[bool, typer.Option("--json", help="Print JSON on standard output, nothing else.")]


def show_rows(rows: Sequence[Mapping[str, Any]], *, as_json: bool, empty: str) -> None:
    """A list of things: a table whose columns are the keys, or a JSON array; `empty` is said if there are none."""
    if as_json:
        show_json(rows)
        return
    if not rows:
        print(empty)
        return
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in rows[0]:
        table.add_column(name.replace("_", " "), overflow="fold")
    for row in rows:
        table.add_row(*(_cell(value) for value in row.values()))
    open_console().print(table)


def show_fields(fields: Mapping[str, Any], *, as_json: bool) -> None:
    """One thing: a line for each field, or a JSON object."""
    if as_json:
        show_json(fields)
        return
    width = max(map(len, fields))
    for name, value in fields.items():
        print(f"{name.replace('_', ' '):<{width}}  {_cell(value)}".rstrip())


def show_json(value: Any) -> None:
    """One JSON value on standard output."""
    print(json.dumps(value, default=_plain, ensure_ascii=False))


def show_warnings(warnings: Iterable[str]) -> None:
    """What the person should know, on standard error."""
    for warning in warnings:
        typer.secho(f"warning: {warning}", fg=typer.colors.YELLOW, err=True)


def open_console() -> Console:
    """Standard output, with colours if it is a terminal that has them."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=200)  # a pipe has no width; nothing is cut for it
    return console


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime():
            return value.astimezone().strftime("%Y-%m-%d %H:%M:%S")
        case dict():
            return ", ".join(f"{name} {item}" for name, item in value.items())
        case _:
            return str(value)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
