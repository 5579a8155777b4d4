"""`tgforward audit`: who changed what."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import typer

from tgforward.cli.output import Json, show_json, show_rows
from tgforward.cli.paging import Before, Limit, mention_more
from tgforward.cli.running import with_database
from tgforward.db.audit import ChangeFilter
from tgforward.errors import InvalidInput
from tgforward.services.changes import latest_changes

app = typer.Typer()


@app.command()
def audit(
    actor: Annotated[str | None, typer.Option(help="Only what this one did, such as cli:anna.")] = None,
    action: Annotated[
        str | None, typer.Option(help="Only this, such as config.edit; or all of one kind: config.")
    ] = None,
    target: Annotated[
        str | None, typer.Option(help="Only changes of this: a config's number, an account's name.")
    ] = None,
    since: Annotated[str | None, typer.Option(metavar="DATE", help="From this day or moment on.")] = None,
    until: Annotated[str | None, typer.Option(metavar="DATE", help="Before this day or moment.")] = None,
    before: Before = None,
    limit: Limit = 50,
    as_json: Json = False,
) -> None:
    """Who changed what, the newest first."""
    which = ChangeFilter(actor, action, target, _moment("--since", since), _moment("--until", until))
    found = with_database(lambda deps: latest_changes(deps, which, before=before, limit=limit))
    if as_json:
        show_json([asdict(change) for change in found])
    else:
        show_rows([asdict(change) for change in found], as_json=False, empty="Nobody has changed anything like that.")
    mention_more(found, limit, "--before")


def _moment(option: str, text: str | None) -> datetime | None:
    """A day's beginning, or a moment, in the machine's time zone unless it names another."""
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text).astimezone()
    except (ValueError, OverflowError):
        raise InvalidInput(f"{option} is no date: give one such as 2030-12-31 or 2030-12-31T18:00") from None
