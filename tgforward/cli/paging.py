"""Long lists are shown a page at a time: `--limit` says how many, `--after` or `--before` where to go on."""

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from tgforward.cli.output import show_more

Limit = Annotated[int, typer.Option("--limit", min=1, max=100_000, metavar="N", help="At most so many.")]
After = Annotated[int | None, typer.Option("--after", metavar="ID", help="Only those behind this one.")]
Before = Annotated[int | None, typer.Option("--before", metavar="ID", help="Only those older than this one.")]


def mention_more(items: Sequence[Any], limit: int, option: str = "--after") -> None:
    """Say how to see the rest, if the page is full; items have an `id`."""
    if len(items) == limit:
        show_more(option, items[-1].id)
