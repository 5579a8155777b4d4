"""A config as the document has it, whether it comes from a file or from the database: so the two can be compared."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from tgforward.db.bulk_dests import Place
from tgforward.db.models import ConfigState
from tgforward.db.models.config import DEFAULT_INTERVAL_S, DEFAULT_TIME_ZONE
from tgforward.services.config_fields import WORDS
from tgforward.services.spots import Spot
from tgforward.types import ChatId, MessageId

Shape = Mapping[str, Any]
"""An entry with chats as ids and every default written out; other keys are there only if they say something."""
DEFAULTS = {"interval_second": DEFAULT_INTERVAL_S, "history": 0, "time_zone": DEFAULT_TIME_ZONE}


def shape_of(row: Any, further: Sequence[Place], account: str | None) -> Shape:
    """The shape of a stored config; `row` has its columns."""
    others = [Spot(*place) for place in further]
    shape = {
        "name": row.name or None,
        "source": int(row.source),
        "source_topic": row.source_topic_id,
        "dests": write_dests(Spot(row.dest, row.dest_topic_id), others),
        "account": account,
        "user": row.user_id,
        "interval_second": row.interval_second,
        "history": row.forward_history_count,
        "time_zone": row.time_zone,
        **{word: getattr(row, word) or None for word in WORDS},
        "rules": row.rules or None,
        "instant": row.instant or None,
        "paused": row.state is ConfigState.PAUSED or None,
    }
    return {key: value for key, value in shape.items() if value is not None or key == "account"}


def write_dests(own: Spot, further: Sequence[Spot]) -> list[int | str]:
    """The dests of a config as the document has them: the further ones in an order of their own."""
    return [write_spot(own), *sorted(map(write_spot, further), key=str)]


def write_spot(spot: Spot) -> int | str:
    """A chat, or a topic of it, as the document has it."""
    return int(spot.chat_id) if spot.topic_id is None else f"{spot.chat_id}/{spot.topic_id}"


def read_spot(text: int | str) -> Spot:
    """What `write_spot` wrote."""
    if isinstance(text, int):
        return Spot(ChatId(text))
    chat, _, topic = text.partition("/")
    return Spot(ChatId(int(chat)), MessageId(int(topic)))


def route_of(shape: Shape) -> tuple[object, ...]:
    """From where to where it goes first."""
    return shape["account"], shape["source"], shape.get("source_topic"), shape["dests"][0]


def text_of(shape: Shape) -> str:
    """The same for the same shapes, and for no others."""
    return json.dumps(shape, sort_keys=True)
