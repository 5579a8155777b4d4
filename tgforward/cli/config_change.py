"""`tgforward config add|edit|remove`: what needs Telegram or Redis beside the database."""

from typing import Annotated

import typer

from tgforward.cli.config_id import Id
from tgforward.cli.config_options import CHAT, FieldOptions, RuleOptions
from tgforward.cli.negative_ids import TakesChatIds
from tgforward.cli.option_group import takes_groups
from tgforward.cli.output import Json, show_done, show_json, show_warnings
from tgforward.cli.running import actor, given, with_deps
from tgforward.services import configs
from tgforward.services.configs import StoredConfig
from tgforward.types import ConfigId

app = typer.Typer()

Account = Annotated[str | None, typer.Option("--account", help="Which account reads and writes.")]


@app.command("add", cls=TakesChatIds)
@takes_groups
def add(
    source: Annotated[str, typer.Argument(help=CHAT)],
    dest: Annotated[str, typer.Argument(help=CHAT)],
    columns: FieldOptions,
    rules: RuleOptions,
    also: Annotated[
        list[str] | None, typer.Option("--also", metavar="CHAT[/TOPIC]", help="One more dest; may be given again.")
    ] = None,
    account: Account = None,
    as_json: Json = False,
) -> None:
    """Forward from SOURCE to DEST; both are checked at once."""
    fields = columns.fields() | rules.fields()
    stored = with_deps(
        lambda deps: configs.add_config(
            deps, source=source, dest=dest, account=account, fields=fields, actor=actor(), also=also or ()
        )
    )
    _show_stored(stored, "added", as_json=as_json)


@app.command("edit", cls=TakesChatIds)
@takes_groups
def edit(
    config_id: Id,
    columns: FieldOptions,
    rules: RuleOptions,
    source: Annotated[str | None, typer.Option(help=CHAT)] = None,
    dest: Annotated[str | None, typer.Option(help=CHAT)] = None,
    account: Account = None,
    as_json: Json = False,
) -> None:
    """Change what is given; an empty text ('') takes a rule away."""
    changes = columns.fields() | rules.fields() | given(source=source, dest=dest)
    stored = with_deps(
        lambda deps: configs.edit_config(deps, ConfigId(config_id), changes, account=account, actor=actor())
    )
    _show_stored(stored, "changed", as_json=as_json)


@app.command()
def remove(config_id: Id, as_json: Json = False) -> None:
    """Remove a config and what is known of its deliveries."""
    with_deps(lambda deps: configs.remove_config(deps, ConfigId(config_id), actor=actor()))
    show_done(f"config {config_id} removed", as_json=as_json, id=config_id, removed=True)


def _show_stored(stored: StoredConfig, verb: str, *, as_json: bool) -> None:
    show_warnings(stored.warnings)
    if as_json:
        show_json({"id": stored.id, "warnings": stored.warnings})
    else:
        print(f"config {stored.id} {verb}")
