"""What stands around a message's content: who wrote it, what it answers, where it came from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from telethon import utils
from telethon.tl import types

from tgforward.telegram.peers import full_name, username_of
from tgforward.types import ChatId, MessageId

People = Mapping[int, Any]
"""The users and chats that came with an answer, by marked id."""


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote a message; empty where Telegram does not say."""

    name: str = ""
    id: int | None = None
    username: str | None = None


def author_of(message: Any, people: People) -> Author:
    """The person or chat in whose name it stands; a signature goes before the channel's title."""
    peer_id = _author_id(message, people)
    entity = None if peer_id is None else people.get(peer_id)
    name = str(getattr(message, "post_author", None) or name_of(entity))
    return Author(name, peer_id, _public_name(entity))


def origin_of(header: Any, people: People) -> Author | None:
    """Who wrote first what was forwarded; None where nothing was."""
    if header is None:
        return None
    if header.from_id is None:
        return Author(header.from_name or "")
    peer_id = utils.get_peer_id(header.from_id)
    return Author(name_of(people.get(peer_id)) or header.from_name or "", peer_id)


def reply_of(header: Any) -> MessageId | None:
    """The message of the same chat that is answered; standing in a topic is no answer."""
    if not isinstance(header, types.MessageReplyHeader) or header.reply_to_peer_id is not None:
        return None
    if header.reply_to_msg_id is None or (header.forum_topic and header.reply_to_top_id is None):
        return None
    return MessageId(header.reply_to_msg_id)


def topic_of(header: Any) -> MessageId | None:
    """The topic of a forum; a thread below a post is none."""
    if not isinstance(header, types.MessageReplyHeader) or not header.forum_topic:
        return None
    topic = header.reply_to_top_id or header.reply_to_msg_id
    return None if topic is None else MessageId(topic)


def pinned_by(message: Any) -> MessageId | None:
    """The message that this service message says was pinned."""
    if not isinstance(getattr(message, "action", None), types.MessageActionPinMessage):
        return None
    pinned = getattr(message.reply_to, "reply_to_msg_id", None)
    return None if pinned is None else MessageId(pinned)


def migration_of(message: Any) -> ChatId | None:
    """The supergroup that the chat became with this message."""
    action = getattr(message, "action", None)
    if not isinstance(action, types.MessageActionChatMigrateTo):
        return None
    return ChatId(utils.get_peer_id(types.PeerChannel(action.channel_id)))


def name_of(entity: Any) -> str:
    """A person's name or a chat's title; empty for nobody."""
    return full_name(entity) if isinstance(entity, types.User) else str(getattr(entity, "title", ""))


def _author_id(message: Any, people: People) -> int | None:
    if message.from_id is not None:
        return utils.get_peer_id(message.from_id)
    if message.out and isinstance(message.peer_id, types.PeerUser):
        # The chat is named after the other person.
        return next((id_ for id_, entity in people.items() if getattr(entity, "is_self", False)), None)
    return utils.get_peer_id(message.peer_id)


def _public_name(entity: Any) -> str | None:
    return username_of(entity) if isinstance(entity, types.User | types.Channel) else None
