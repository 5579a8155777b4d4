"""`tgforward config …`: what is forwarded from where to where."""

from collections.abc import Sequence
from typing import Annotated

import typer

from tgforward.cli.config_details import config_fields, config_row, dest_row, summary
from tgforward.cli.config_id import Id
from tgforward.cli.on_demand import OnDemand, group_of
from tgforward.cli.output import Json, show_fields, show_json, show_rows, show_warnings
from tgforward.cli.running import actor, with_database
from tgforward.db.models import ForwardDest
from tgforward.db.models.config import TGForwardConfig
from tgforward.services import known_configs, known_dests
from tgforward.services.database import Database
from tgforward.types import ConfigId

CHANGES = "tgforward.cli.config_change"
COMMANDS = (
    OnDemand("add", f"{CHANGES}:add", "Forward from SOURCE to DEST; both are checked at once."),
    OnDemand("edit", f"{CHANGES}:edit", "Change what is given; an empty text ('') takes a rule away."),
    OnDemand("remove", f"{CHANGES}:remove", "Remove a config and what is known of its deliveries."),
    OnDemand(
        "dest",
        "tgforward.cli.config_dest",
        "The further dests of a config: each has deliveries and cursors of its own.",
    ),
    OnDemand(
        "rules", "tgforward.cli.config_rules:rules", "Print the rule set as YAML; config edit --rules takes it back."
    ),
    OnDemand(
        "preview", "tgforward.cli.preview:preview", "What a run would make of a source's messages; nothing is sent."
    ),
)

app = typer.Typer(
    cls=group_of(*COMMANDS),
    no_args_is_help=True,
    help="Forward configs: source, dest, interval, history and text rules.",
)


@app.command("list")
def list_(as_json: Json = False) -> None:
    """Every config with its counts."""
    rows = [config_row(config) for config in with_database(known_configs.all_configs)]
    show_rows(rows, as_json=as_json, empty="There is no config yet: tgforward config add SOURCE DEST")


@app.command()
def show(config_id: Id, as_json: Json = False) -> None:
    """One config with all its fields."""
    config, dests = with_database(lambda deps: _load(deps, ConfigId(config_id)))
    if as_json:
        rows = [dest_row(dest) for dest in dests]
        show_json(config_fields(config) | {"rules": config.rules or {}, "further_dests": rows})
    else:
        show_fields(config_fields(config) | summary(config, dests), as_json=False)


@app.command()
def pause(config_id: Id) -> None:
    """Stop running a config until it is resumed."""
    with_database(lambda deps: known_configs.pause_config(deps, ConfigId(config_id), actor=actor()))
    print(f"config {config_id} paused")


@app.command()
def resume(config_id: Id) -> None:
    """Run a paused or parked config again."""
    hindrance = with_database(lambda deps: known_configs.resume_config(deps, ConfigId(config_id), actor=actor()))
    print(f"config {config_id} resumed")
    if hindrance is not None:
        show_warnings([f"config {config_id} does not run yet: {hindrance}"])


@app.command()
def adopt(
    account: Annotated[str, typer.Argument(help="The account that shall read and write.")],
    with_history: Annotated[
        bool, typer.Option("--with-history", help="Forward their history again; else they begin with what is new.")
    ] = False,
) -> None:
    """Give the configs of an upgraded older database, which have no account, to one."""
    count = with_database(lambda deps: known_configs.adopt(deps, account, with_history=with_history, actor=actor()))
    print(f"{count} config(s) now use {account}")


async def _load(deps: Database, config_id: ConfigId) -> tuple[TGForwardConfig, Sequence[ForwardDest]]:
    return await known_configs.require_config(deps, config_id), await known_dests.further_dests(deps, config_id)
