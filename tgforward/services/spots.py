"""Places that messages come from and go to: named by a person, and told apart from each other."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tgforward.errors import InvalidInput
from tgforward.forwarding.links import parse_chat_reference
from tgforward.services.config_fields import GENERAL, check_dest_topic
from tgforward.types import ChatId, MessageId


@dataclass(frozen=True, slots=True)
class NamedDest:
    """A dest as a person names it."""

    chat: str
    topic_id: MessageId | None = None


@dataclass(frozen=True, slots=True)
class Spot:
    """A chat, or one topic of it."""

    chat_id: ChatId
    topic_id: MessageId | None = None


def parse_dest(text: str) -> NamedDest:
    """`CHAT` or `CHAT/TOPIC`; a link to a topic is the same.

    Raises:
        InvalidInput: it names no chat.
    """
    chat, _, number = text.strip().rpartition("/")
    if chat and re.fullmatch(r"[1-9][0-9]{0,8}", number) and _names_chat(chat):
        return NamedDest(chat, check_dest_topic(int(number)))
    parse_chat_reference(text)
    return NamedDest(text)


def named_dest(text: str, topic: int | None) -> NamedDest:
    """`CHAT` with the topic of that number, or `CHAT/TOPIC`.

    Raises:
        InvalidInput: it names no chat, no topic, or two topics.
    """
    found = parse_dest(text)
    if topic is None:
        return found
    if found.topic_id is not None:
        raise InvalidInput(f"topic {found.topic_id} stands behind the chat, and --topic is {topic}: give one of them")
    return NamedDest(found.chat, check_dest_topic(topic))


def check_route(source: Spot, dests: Sequence[Spot]) -> None:
    """Whether messages can go this way without coming back, and to each dest once.

    Raises:
        InvalidInput: a dest is the source, or stands there twice.
    """
    if any(_overlap(source, dest) for dest in dests):
        raise InvalidInput("source and dest are the same chat: it would forward its own messages for ever")
    if len({(dest.chat_id, dest.topic_id or GENERAL) for dest in dests}) < len(dests):
        raise InvalidInput("the same dest is named twice: every message would come twice there")


def _overlap(source: Spot, dest: Spot) -> bool:
    if source.chat_id != dest.chat_id:
        return False
    return source.topic_id is None or source.topic_id == (dest.topic_id or GENERAL)


def _names_chat(text: str) -> bool:
    try:
        parse_chat_reference(text)
    except InvalidInput:
        return False
    return True
