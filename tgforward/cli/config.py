"""`tgforward config …`: what is forwarded from where to where."""

from typing import Annotated, Any

import typer

from tgforward.cli.negative_ids import TakesChatIds
from tgforward.cli.output import Json, show_fields, show_json, show_rows, show_warnings
from tgforward.cli.running import actor, given, with_deps
from tgforward.db.models.config import ConfigState, TGForwardConfig
from tgforward.services import configs
from tgforward.services.configs import StoredConfig
from tgforward.types import ConfigId

app = typer.Typer(no_args_is_help=True, help="Forward configs: source, dest, interval, history and text rules.")

CHAT = "An id such as -1001234567890, @name, or a t.me link."

Id = Annotated[int, typer.Argument(metavar="ID", help="Number of the config.")]
Interval = Annotated[int | None, typer.Option("--interval", metavar="SECONDS", help="Seconds between runs.")]
History = Annotated[
    int | None, typer.Option("--history", metavar="N", help="How many of the last messages to bring along; -1: all.")
]
RemoveWord = Annotated[str | None, typer.Option("--remove-word", help="Words to delete, separated by commas.")]
CutWord = Annotated[str | None, typer.Option("--cut-word", help="Cut the text at the first of these words.")]
SkipWord = Annotated[str | None, typer.Option("--skip-word", help="Skip messages with one of these words.")]
AddText = Annotated[
    str | None, typer.Option("--add-text", help="A last line, such as 'from ${source_title} ${message_link}'.")
]
Zone = Annotated[str | None, typer.Option("--time-zone", help="Zone of ${date} and ${time}; default Asia/Shanghai.")]
Name = Annotated[str | None, typer.Option("--name", help="What you call it.")]
Account = Annotated[str | None, typer.Option("--account", help="Which account reads and writes.")]


@app.command("add", cls=TakesChatIds)
def add(
    source: Annotated[str, typer.Argument(help=CHAT)],
    dest: Annotated[str, typer.Argument(help=CHAT)],
    interval: Interval = 20,
    history: History = 0,
    remove_word: RemoveWord = None,
    cut_word: CutWord = None,
    skip_word: SkipWord = None,
    add_text: AddText = None,
    time_zone: Zone = None,
    name: Name = None,
    account: Account = None,
    as_json: Json = False,
) -> None:
    """Forward from SOURCE to DEST; both are checked at once."""
    fields = _fields(interval, history, remove_word, cut_word, skip_word, add_text, time_zone, name)
    stored = with_deps(
        lambda deps: configs.add_config(deps, source=source, dest=dest, account=account, fields=fields, actor=actor())
    )
    _show_stored(stored, "added", as_json=as_json)


@app.command("edit", cls=TakesChatIds)
def edit(
    config_id: Id,
    source: Annotated[str | None, typer.Option(help=CHAT)] = None,
    dest: Annotated[str | None, typer.Option(help=CHAT)] = None,
    interval: Interval = None,
    history: History = None,
    remove_word: RemoveWord = None,
    cut_word: CutWord = None,
    skip_word: SkipWord = None,
    add_text: AddText = None,
    time_zone: Zone = None,
    name: Name = None,
    account: Account = None,
    as_json: Json = False,
) -> None:
    """Change what is given; an empty text ('') takes a rule away."""
    changes = _fields(interval, history, remove_word, cut_word, skip_word, add_text, time_zone, name)
    changes |= given(source=source, dest=dest)
    stored = with_deps(
        lambda deps: configs.edit_config(deps, ConfigId(config_id), changes, account=account, actor=actor())
    )
    _show_stored(stored, "changed", as_json=as_json)


@app.command("list")
def list_(as_json: Json = False) -> None:
    """Every config with its counts."""
    rows = [_row(config) for config in with_deps(configs.all_configs)]
    show_rows(rows, as_json=as_json, empty="There is no config yet: tgforward config add SOURCE DEST")


@app.command()
def show(config_id: Id, as_json: Json = False) -> None:
    """One config with all its fields."""
    config = with_deps(lambda deps: configs.require_config(deps, ConfigId(config_id)))
    show_fields(_details(config), as_json=as_json)


@app.command()
def pause(config_id: Id) -> None:
    """Stop running a config until it is resumed."""
    with_deps(lambda deps: configs.set_state(deps, ConfigId(config_id), ConfigState.PAUSED, actor=actor()))
    print(f"config {config_id} paused")


@app.command()
def resume(config_id: Id) -> None:
    """Run a paused or parked config again."""
    with_deps(lambda deps: configs.set_state(deps, ConfigId(config_id), ConfigState.ACTIVE, actor=actor()))
    print(f"config {config_id} resumed")


@app.command()
def adopt(
    account: Annotated[str, typer.Argument(help="The account that shall read and write.")],
    with_history: Annotated[
        bool, typer.Option("--with-history", help="Forward their history again; else they begin with what is new.")
    ] = False,
) -> None:
    """Give the configs of an upgraded older database, which have no account, to one."""
    count = with_deps(lambda deps: configs.adopt(deps, account, with_history=with_history, actor=actor()))
    print(f"{count} config(s) now use {account}")


@app.command()
def remove(config_id: Id) -> None:
    """Remove a config and what is known of its deliveries."""
    with_deps(lambda deps: configs.remove_config(deps, ConfigId(config_id), actor=actor()))
    print(f"config {config_id} removed")


def _fields(
    interval: int | None,
    history: int | None,
    remove_word: str | None,
    cut_word: str | None,
    skip_word: str | None,
    add_text: str | None,
    time_zone: str | None,
    name: str | None,
) -> dict[str, Any]:
    return given(
        interval_second=interval,
        forward_history_count=history,
        remove_word=remove_word,
        cut_word=cut_word,
        skip_word=skip_word,
        add_text=add_text,
        time_zone=time_zone,
        name=name,
    )


def _show_stored(stored: StoredConfig, verb: str, *, as_json: bool) -> None:
    show_warnings(stored.warnings)
    if as_json:
        show_json({"id": stored.id, "warnings": stored.warnings})
    else:
        print(f"config {stored.id} {verb}")


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
