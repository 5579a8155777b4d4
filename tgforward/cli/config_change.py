"""`tgforward config add|edit|remove`: what needs Telegram or Redis beside the database."""

from typing import Annotated, Any

import typer

from tgforward.cli.config_id import Id
from tgforward.cli.negative_ids import TakesChatIds
from tgforward.cli.output import Json, show_json, show_warnings
from tgforward.cli.running import actor, given, with_deps
from tgforward.services import configs
from tgforward.services.configs import StoredConfig
from tgforward.types import ConfigId

app = typer.Typer()

CHAT = "An id such as -1001234567890, @name, or a t.me link."

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
User = Annotated[str | None, typer.Option("--user", help="Who owns it: it runs as long as they are authorised.")]


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
    user: User = None,
    as_json: Json = False,
) -> None:
    """Forward from SOURCE to DEST; both are checked at once."""
    fields = _fields(interval, history, remove_word, cut_word, skip_word, add_text, time_zone, name, user)
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
    user: User = None,
    as_json: Json = False,
) -> None:
    """Change what is given; an empty text ('') takes a rule away."""
    changes = _fields(interval, history, remove_word, cut_word, skip_word, add_text, time_zone, name, user)
    changes |= given(source=source, dest=dest)
    stored = with_deps(
        lambda deps: configs.edit_config(deps, ConfigId(config_id), changes, account=account, actor=actor())
    )
    _show_stored(stored, "changed", as_json=as_json)


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
    user: str | None,
) -> dict[str, Any]:
    owner = {} if user is None else {"user_id": user or None}  # '' takes the owner away
    return owner | given(
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
