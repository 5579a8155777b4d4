"""`tgforward config dest …`: the further dests of a config."""

from typing import Annotated

import typer

from tgforward.cli.config_details import dest_row
from tgforward.cli.config_id import Id
from tgforward.cli.on_demand import OnDemand, group_of
from tgforward.cli.output import Json, show_done, show_rows
from tgforward.cli.running import actor, with_database
from tgforward.services import known_dests
from tgforward.types import ConfigId

app = typer.Typer(
    cls=group_of(OnDemand("add", "tgforward.cli.config_dest_add:add", "Send to one more chat; it is checked at once.")),
    no_args_is_help=True,
    help="The further dests of a config: each has deliveries and cursors of its own.",
)


@app.command("list")
def list_(config_id: Id, as_json: Json = False) -> None:
    """The dests beside the config's own."""
    found = with_database(lambda deps: known_dests.further_dests(deps, ConfigId(config_id)))
    empty = f"Config {config_id} has no further dest: tgforward config dest add {config_id} CHAT"
    show_rows([dest_row(dest) for dest in found], as_json=as_json, empty=empty)


@app.command()
def remove(
    config_id: Id,
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="Number of the dest in that list.")],
    as_json: Json = False,
) -> None:
    """Send nothing more to a dest; what stands there stays."""
    with_database(lambda deps: known_dests.remove_dest(deps, ConfigId(config_id), number, actor=actor()))
    fields = {"config_id": config_id, "number": number, "removed": True}
    show_done(f"dest {number} of config {config_id} removed", as_json=as_json, **fields)
