"""`tgforward db …`: the schema."""

import asyncio
from typing import Any

import typer

from tgforward.cli.output import Json, show_done, show_fields
from tgforward.db.engine import create_engine
from tgforward.db.migrate import upgrade
from tgforward.db.revision import current_revision, head_revision
from tgforward.settings import load_settings

app = typer.Typer(no_args_is_help=True, help="The database's schema.")


@app.command("upgrade")
def upgrade_(as_json: Json = False) -> None:
    """Bring the database to this version's schema; any number of replicas may do it at once."""
    revision = asyncio.run(upgrade(load_settings().database_url))
    show_done(f"the database is at revision {revision}", as_json=as_json, revision=revision)


@app.command()
def current(as_json: Json = False) -> None:
    """Which revision the database is at, and which one this version needs."""
    found = asyncio.run(_current(load_settings().database_url))
    head = head_revision()
    fields: dict[str, Any] = {"current": found, "needed": head, "up_to_date": found == head}
    show_fields(fields, as_json=as_json)
    if found != head:
        raise typer.Exit(1)


async def _current(url: str) -> str | None:
    engine = create_engine(url)
    try:
        return await current_revision(engine)
    finally:
        await engine.dispose()
