"""`tgforward config dest add`: one more chat, which Telegram is asked about."""

from typing import Annotated

import typer

from tgforward.cli.config_id import Id
from tgforward.cli.config_options import CHAT
from tgforward.cli.negative_ids import TakesChatIds
from tgforward.cli.output import Json, show_json
from tgforward.cli.running import actor, with_deps
from tgforward.services.config_dests import add_dest
from tgforward.services.spots import named_dest
from tgforward.types import ConfigId

app = typer.Typer()


@app.command("add", cls=TakesChatIds)
def add(
    config_id: Id,
    chat: Annotated[str, typer.Argument(metavar="CHAT[/TOPIC]", help=CHAT)],
    topic: Annotated[int | None, typer.Option("--topic", metavar="N", help="The topic to send to.")] = None,
    as_json: Json = False,
) -> None:
    """Send to one more chat; it is checked at once."""
    dest = named_dest(chat, topic)
    number = with_deps(lambda deps: add_dest(deps, ConfigId(config_id), dest, actor=actor()))
    if as_json:
        show_json({"config_id": config_id, "number": number})
    else:
        print(f"config {config_id} sends to {chat} as its dest {number}")
