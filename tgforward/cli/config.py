"""`tgforward config …`: what is forwarded from where to where."""

from collections.abc import Sequence
from typing import Annotated

import typer

from tgforward.cli.config_details import config_fields, config_row, dest_row, summary
from tgforward.cli.config_id import Id
from tgforward.cli.on_demand import OnDemand, group_of
from tgforward.cli.output import Json, show_done, show_fields, show_json, show_rows, show_warnings
from tgforward.cli.paging import After, Limit, mention_more
from tgforward.cli.running import actor, with_database
from tgforward.db.models import ForwardDest
from tgforward.db.models.config import ConfigState, TGForwardConfig
from tgforward.db.slot_counts import SlotCount
from tgforward.services import known_configs, known_dests
from tgforward.services.database import Database
from tgforward.services.durations import shown_duration
from tgforward.services.histories import history_left
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
    OnDemand("export", "tgforward.cli.config_bulk:export", "Print all configs as YAML that config apply takes back."),
    OnDemand(
        "apply", "tgforward.cli.config_bulk:apply", "Make the configs what a file says: shown first, all or nothing."
    ),
    OnDemand(
        "import",
        "tgforward.cli.config_import:import",
        "Translate the config file of tgcf or telemirror for config apply, and list what has no equivalent.",
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
def list_(after: After = None, limit: Limit = 1000, as_json: Json = False) -> None:
    """The configs with their counts."""
    last = None if after is None else ConfigId(after)
    found = with_database(lambda deps: known_configs.all_configs(deps, after=last, limit=limit))
    show_rows(
        [config_row(config) for config in found],
        as_json=as_json,
        empty="There is no config yet: tgforward config add SOURCE DEST",
    )
    mention_more(found, limit)


@app.command()
def show(config_id: Id, as_json: Json = False) -> None:
    """One config with all its fields."""
    config, dests, slots, left_s = with_database(lambda deps: _load(deps, ConfigId(config_id)))
    fields = config_fields(config) | {"coalesced": slots.coalesced, "missed": slots.missed}
    if as_json:
        rows = [dest_row(dest) for dest in dests]
        show_json(fields | {"history_left_s": left_s, "rules": config.rules or {}, "further_dests": rows})
    else:
        show_fields(fields | {"history_left": shown_duration(left_s)} | summary(config, dests), as_json=False)


@app.command()
def pause(config_id: Id, as_json: Json = False) -> None:
    """Stop running a config until it is resumed."""
    with_database(lambda deps: known_configs.pause_config(deps, ConfigId(config_id), actor=actor()))
    show_done(f"config {config_id} paused", as_json=as_json, id=config_id, state=ConfigState.PAUSED)


@app.command()
def resume(config_id: Id, as_json: Json = False) -> None:
    """Run a paused or parked config again."""
    hindrance = with_database(lambda deps: known_configs.resume_config(deps, ConfigId(config_id), actor=actor()))
    fields = {"id": config_id, "state": ConfigState.ACTIVE, "hindrance": hindrance}
    show_done(f"config {config_id} resumed", as_json=as_json, **fields)
    if hindrance is not None:
        show_warnings([f"config {config_id} does not run yet: {hindrance}"])


@app.command()
def adopt(
    account: Annotated[str, typer.Argument(help="The account that shall read and write.")],
    with_history: Annotated[
        bool, typer.Option("--with-history", help="Forward their history again; else they begin with what is new.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Give the configs of an upgraded older database, which have no account, to one."""
    count = with_database(lambda deps: known_configs.adopt(deps, account, with_history=with_history, actor=actor()))
    show_done(f"{count} config(s) now use {account}", as_json=as_json, account=account, configs=count)


async def _load(
    deps: Database, config_id: ConfigId
) -> tuple[TGForwardConfig, Sequence[ForwardDest], SlotCount, float | None]:
    config = await known_configs.require_config(deps, config_id)
    dests = await known_dests.further_dests(deps, config_id)
    left = await history_left(deps, config, dests)
    seconds = None if left is None else left.total_seconds()
    return config, dests, await known_configs.slot_count(deps, config_id), seconds
