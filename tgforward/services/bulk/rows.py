"""What is stored of a config's shape."""

from collections.abc import Mapping
from typing import Any

from tgforward.db.bulk_dests import Place
from tgforward.db.models import ConfigState
from tgforward.services.bulk.difference import Edit
from tgforward.services.bulk.shape import Shape, read_spot
from tgforward.services.config_fields import WORDS
from tgforward.types import AccountId

Accounts = Mapping[str, AccountId]
"""The number of each account."""
COLUMNS = {
    "source_topic": ("source_topic_id",),
    "account": ("account_id",),
    "user": ("user_id",),
    "history": ("forward_history_count",),
    "paused": ("state", "state_reason"),
    "dests": (),
}
"""Keys whose columns have other names; the own dest is told apart from the further ones."""


def columns_of(shape: Shape, accounts: Accounts) -> dict[str, Any]:
    """The row of a config of that shape."""
    own = read_spot(shape["dests"][0])
    return {
        **{name: shape.get(name) for name in ("name", "source", "interval_second", "time_zone", *WORDS, "rules")},
        "source_topic_id": shape.get("source_topic"),
        "dest": own.chat_id,
        "dest_topic_id": own.topic_id,
        "account_id": None if shape["account"] is None else accounts[shape["account"]],
        "user_id": shape.get("user"),
        "forward_history_count": shape["history"],
        "instant": shape.get("instant", False),
        "state": ConfigState.PAUSED if shape.get("paused") else ConfigState.ACTIVE,
        "state_reason": None,
    }


def changed_columns(edit: Edit, accounts: Accounts) -> dict[str, Any]:
    """The columns that an edit sets; none if only further dests come and go."""
    row, changes = columns_of(edit.new, accounts), edit.changes
    names = [name for key in changes for name in COLUMNS.get(key, (key,))]
    if "dests" in changes and edit.old["dests"][0] != edit.new["dests"][0]:
        names += ["dest", "dest_topic_id"]
    return {name: row[name] for name in names}


def further_places(shape: Shape) -> list[Place]:
    """Chat and topic of each further dest."""
    return [place_of(dest) for dest in shape["dests"][1:]]


def place_of(dest: int | str) -> Place:
    """Chat and topic of a dest."""
    spot = read_spot(dest)
    return spot.chat_id, spot.topic_id
