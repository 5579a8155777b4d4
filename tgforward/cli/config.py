"""`tgforward config …`: what is forwarded from where to where."""

from typing import Annotated, Any

import typer

from tgforward.cli.config_id import Id
from tgforward.cli.on_demand import OnDemand, group_of
from tgforward.cli.output import Json, show_fields, show_rows, show_warnings
from tgforward.cli.running import actor, with_database
from tgforward.db.models.config import TGForwardConfig
from tgforward.services import known_configs
from tgforward.types import ConfigId

CHANGES = "tgforward.cli.config_change"
COMMANDS = (
    OnDemand("add", f"{CHANGES}:add", "Forward from SOURCE to DEST; both are checked at once."),
    OnDemand("edit", f"{CHANGES}:edit", "Change what is given; an empty text ('') takes a rule away."),
    OnDemand("remove", f"{CHANGES}:remove", "Remove a config and what is known of its deliveries."),
)

app = typer.Typer(
    cls=group_of(*COMMANDS),
    no_args_is_help=True,
    help="Forward configs: source, dest, interval, history and text rules.",
)


@app.command("list")
def list_(as_json: Json = False) -> None:
    """Every config with its counts."""
    rows = [_row(config) for config in with_database(known_configs.all_configs)]
    show_rows(rows, as_json=as_json, empty="There is no config yet: tgforward config add SOURCE DEST")


@app.command()
def show(config_id: Id, as_json: Json = False) -> None:
    """One config with all its fields."""
    config = with_database(lambda deps: known_configs.require_config(deps, ConfigId(config_id)))
    show_fields(_details(config), as_json=as_json)


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


def _row(config: TGForwardConfig) -> dict[str, Any]:
    return {
        "id": config.id,
        "name": config.name,
        "source": config.source,
        "dest": config.dest,
        "interval_second": config.interval_second,
        "state": config.state,
        "history_forwarded": config.history_forwarded,
        "live_forwarded": config.live_forwarded,
        "skipped": config.skipped,
    }


def _details(config: TGForwardConfig) -> dict[str, Any]:
    names = (
        "forward_history_count", "history_total", "remove_word", "cut_word", "skip_word", "add_text", "time_zone",
        "account_id", "user_id", "state_reason", "version", "live_cursor", "history_cursor", "create_at", "last_run_at",
    )  # fmt: skip
    return _row(config) | {name: getattr(config, name) for name in names}
