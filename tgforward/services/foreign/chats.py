"""Chats as other forwarders name them."""

import re
from typing import Any

from tgforward.errors import InvalidInput
from tgforward.services.foreign.remarks import Path, Remarks
from tgforward.services.spots import NamedDest, parse_dest

_NUMBER = re.compile(r"-?[0-9]+")
_TOPIC = re.compile(r"(-?[0-9]+)#([0-9]+)")
"""telemirror's way to name a topic."""


def read_chat(value: Any, path: Path, remarks: Remarks) -> NamedDest | None:
    """The chat, or topic of one; None, with a remark, if it names none."""
    text = _TOPIC.sub(r"\1/\2", str(value).strip())
    try:
        return parse_dest(text)
    except InvalidInput as error:
        remarks.add(path, f"{'it is empty' if not text else error}")
        return None


def written(dest: NamedDest) -> int | str:
    """As our document has it."""
    chat = int(dest.chat) if _NUMBER.fullmatch(dest.chat) else dest.chat
    return chat if dest.topic_id is None else f"{chat}/{dest.topic_id}"


def entry_of(source: NamedDest, dests: list[NamedDest]) -> dict[str, Any]:
    """The route of a config."""
    topic = {} if source.topic_id is None else {"source_topic": source.topic_id}
    return {"source": written(NamedDest(source.chat)), **topic, "dests": [written(dest) for dest in dests]}
