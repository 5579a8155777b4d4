"""Lists of things for people: a table where it fits, else a few lines for each thing."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from tgforward.cli.harmless import harmless

Row = Mapping[str, Any]

FOLDED = 14  # a column may be folded to so many characters; below that nobody can read it
GAP = 1


def make_table(rows: Sequence[Row], width: int) -> RenderableType:
    """The rows with a column for each key that any of them has a value for; on a narrow terminal each for itself."""
    names = [name for name in rows[0] if any(row[name] is not None for row in rows)]
    cells = [[cell(row[name]) for name in names] for row in rows]
    if _least_width(names, cells) > width:
        return Group(*(_record(names, row) for row in cells))
    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, GAP, 0, 0))
    for name in names:
        table.add_column(_heading(name), overflow="fold")
    for row in cells:
        table.add_row(*map(Text, row))
    return table


def cell(value: Any) -> str:
    """One value as a person reads it."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:.1f}"
        case datetime():
            return value.astimezone().strftime("%Y-%m-%d %H:%M:%S")
        case dict():
            return ", ".join(f"{name} {cell(item)}" for name, item in value.items())
        case _:
            return harmless(str(value))


def _least_width(names: Sequence[str], cells: Sequence[Sequence[str]]) -> int:
    columns = [[_heading(name), *(row[number] for row in cells)] for number, name in enumerate(names)]
    return sum(min(FOLDED, max(map(len, column))) + GAP for column in columns) - GAP


def _record(names: Sequence[str], row: Sequence[str]) -> Table:
    """One thing: its first value as a heading, the others below."""
    lines = Table(box=None, show_header=False, pad_edge=False, padding=(0, GAP, 0, 0))
    lines.add_column(style="bold")
    lines.add_column(overflow="fold")
    for name, value in zip(names, row, strict=True):
        if value:
            lines.add_row(_heading(name), Text(value))
    lines.add_row("", "")
    return lines


def _heading(name: str) -> str:
    return name.replace("_", " ")
