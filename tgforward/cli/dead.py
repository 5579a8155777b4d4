"""`tgforward dead …`: messages that failed for good."""

from dataclasses import asdict
from typing import Annotated, Any

import typer

from tgforward.cli.config_id import OfConfig as OfOneConfig
from tgforward.cli.dead_choice import All, Ids, OfConfig, choice_of
from tgforward.cli.on_demand import OnDemand, group_of
from tgforward.cli.output import Json, show_fields, show_json, show_rows
from tgforward.cli.paging import After, Limit, mention_more
from tgforward.cli.running import actor, with_database
from tgforward.services import dead
from tgforward.services.dead import Choice, DeadDelivery
from tgforward.types import ConfigId

EMPTY = "No delivery is dead."

app = typer.Typer(
    cls=group_of(
        OnDemand("replay", "tgforward.cli.dead_replay:replay", "Send dead deliveries again, before anything new.")
    ),
    no_args_is_help=True,
    help="Messages that failed for good: see why, send them again or drop them.",
)

Id = Annotated[int, typer.Argument(metavar="ID", help="Number of the dead delivery.")]


@app.command("list")
def list_(
    config: OfOneConfig = None,
    after: After = None,
    limit: Limit = 100,
    as_json: Json = False,
) -> None:
    """Dead deliveries, the oldest first: which message, of which config, and why."""
    choice = Choice(config_id=None if config is None else ConfigId(config))
    found = with_database(lambda deps: dead.load_dead_deliveries(deps, choice, after=after, limit=limit))
    if as_json:
        show_json([asdict(item) for item in found])
    else:
        show_rows([_row(item) for item in found], as_json=False, empty=EMPTY)
    mention_more(found, limit)


@app.command()
def show(delivery_id: Id, as_json: Json = False) -> None:
    """One dead delivery with all that is known of it."""
    (found,) = with_database(lambda deps: dead.load_dead_deliveries(deps, Choice((delivery_id,))))
    show_fields(asdict(found), as_json=as_json)


@app.command()
def drop(ids: Ids = None, config: OfConfig = None, is_all: All = False, as_json: Json = False) -> None:
    """Forget dead deliveries; they cannot be sent again then."""
    choice = choice_of(ids, config, is_all=is_all)
    count = with_database(lambda deps: dead.drop(deps, choice, actor=actor()))
    if as_json:
        show_json({"dropped": count})
    else:
        print(f"{count} dead deliveries dropped" if count != 1 else "1 dead delivery dropped")


def _row(item: DeadDelivery) -> dict[str, Any]:
    return {
        "id": item.id,
        "config": item.config_id,
        "source": item.source,
        "message": item.link or item.source_message_id,
        "reason": item.reason,
        "attempts": item.attempts,
        "when": item.settled_at,
    }
