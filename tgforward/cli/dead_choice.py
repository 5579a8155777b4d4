"""How commands take dead deliveries: by number, all of one config, or all."""

from typing import Annotated

import typer

from tgforward.errors import InvalidInput
from tgforward.services.dead import Choice
from tgforward.types import ConfigId

Ids = Annotated[list[int] | None, typer.Argument(metavar="ID…", help="Numbers of dead deliveries.")]
OfConfig = Annotated[int | None, typer.Option("--config", metavar="ID", help="All those of this config.")]
All = Annotated[bool, typer.Option("--all", help="All there are.")]


def choice_of(ids: list[int] | None, config_id: int | None, *, is_all: bool) -> Choice:
    """What was chosen.

    Raises:
        InvalidInput: nothing, or more than one way at once.
    """
    if [bool(ids), config_id is not None, is_all].count(True) != 1:
        raise InvalidInput("say which dead deliveries: their numbers, --config ID, or --all")
    return Choice(tuple(ids or ()), None if config_id is None else ConfigId(config_id))
