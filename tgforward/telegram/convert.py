"""From an answer of Telegram to the messages that the domain knows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from telethon import utils
from telethon.tl import types

from tgforward.forwarding.message import FormattedText, SourceMessage
from tgforward.telegram.entities import from_telegram
from tgforward.telegram.headers import People, author_of, migration_of, origin_of, pinned_by, reply_of, topic_of
from tgforward.telegram.media import file_of, kind_of
from tgforward.telegram.peers import Peer, input_peer
from tgforward.types import MessageId


@dataclass(frozen=True, slots=True)
class Handle:
    """What is needed to send a message anew; kept only as long as the page that it came with."""

    message: Any
    """Telethon's message."""
    users: Mapping[int, Any]
    """The people whom its text mentions by name, as a request names them."""


def handle_of(message: SourceMessage) -> Handle:
    """The handle that `read_answer` put on the message."""
    assert isinstance(message.handle, Handle), "only messages read from Telegram can be sent by reference"
    return message.handle


def read_answer(answer: Any, peer: Peer) -> list[SourceMessage]:
    """The messages of one chat in an answer, oldest first; empty slots are left out."""
    return read_messages(answer.messages, answer, peer)


def read_messages(messages: Iterable[Any], answer: Any, peer: Peer) -> list[SourceMessage]:
    """Those of these messages that stand in the chat, oldest first; `answer` says who is who."""
    people = {utils.get_peer_id(entity): entity for entity in (*answer.users, *answer.chats)}
    found = [_read(message, peer, people) for message in messages if _belongs(message, peer)]
    return sorted(found, key=lambda message: message.id)


def _belongs(message: Any, peer: Peer) -> bool:
    """Outside of channels ids count per account: an answer may hold a message of another chat."""
    return not isinstance(message, types.MessageEmpty) and utils.get_peer_id(message.peer_id) == peer.chat_id


def _read(message: Any, peer: Peer, people: People) -> SourceMessage:
    author = author_of(message, people)
    is_service = isinstance(message, types.MessageService)
    return SourceMessage(
        chat_id=peer.chat_id,
        id=MessageId(message.id),
        date=message.date,
        is_service=is_service,
        is_protected=bool(message.noforwards) or bool(getattr(people.get(peer.chat_id), "noforwards", peer.protected)),
        sender=author.name,
        sender_id=author.id,
        sender_username=author.username,
        topic_id=topic_of(message.reply_to),
        pins=pinned_by(message),
        migrated_to=migration_of(message),
        **({"handle": Handle(message, {})} if is_service else _content_of(message, peer, people)),
    )


def _content_of(message: Any, peer: Peer, people: People) -> dict[str, Any]:
    file, origin = file_of(message.media), origin_of(message.fwd_from, people)
    return {
        "content": FormattedText(message.message or "", from_telegram(message.entities)),
        "media": kind_of(message.media),
        "media_id": file.id if file else None,
        "size_bytes": file.size_bytes if file else None,
        "grouped_id": message.grouped_id,
        "edited_at": message.edit_date,
        "reply_to": reply_of(message.reply_to),
        "origin": origin.name if origin else None,
        "origin_id": origin.id if origin else None,
        "handle": Handle(message, _mentioned(message, peer, people)),
    }


def _mentioned(message: Any, peer: Peer, people: People) -> Mapping[int, Any]:
    ids = {entity.user_id for entity in message.entities or () if isinstance(entity, types.MessageEntityMentionName)}
    users = (people.get(user_id) for user_id in ids)
    return {user.id: _input_user(user, message, peer) for user in users if isinstance(user, types.User)}


def _input_user(user: Any, message: Any, peer: Peer) -> Any:
    """A user of whom the answer says little (`min`) can only be named by the message that shows them."""
    if user.min or user.access_hash is None:
        return types.InputUserFromMessage(input_peer(peer), message.id, user.id)
    return types.InputUser(user.id, user.access_hash)
