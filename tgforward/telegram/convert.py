"""From an answer of Telegram to the messages that the domain knows."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from telethon import utils
from telethon.tl import types

from tgforward.forwarding.message import FormattedText, SourceMessage
from tgforward.telegram.entities import from_telegram
from tgforward.telegram.media import kind_of
from tgforward.telegram.peers import Peer, full_name, input_peer
from tgforward.types import ChatId, MessageId


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
    people = {utils.get_peer_id(entity): entity for entity in (*answer.users, *answer.chats)}
    found = [_read(message, peer, people) for message in answer.messages if _belongs(message, peer)]
    return sorted(found, key=lambda message: message.id)


def _belongs(message: Any, peer: Peer) -> bool:
    """Outside of channels ids count per account: an answer may hold a message of another chat."""
    return not isinstance(message, types.MessageEmpty) and utils.get_peer_id(message.peer_id) == peer.chat_id


def _read(message: Any, peer: Peer, people: Mapping[int, Any]) -> SourceMessage:
    is_service = isinstance(message, types.MessageService)
    chat = people.get(peer.chat_id)
    is_protected = bool(message.noforwards) or bool(getattr(chat, "noforwards", peer.protected))
    common = SourceMessage(
        chat_id=peer.chat_id,
        id=MessageId(message.id),
        date=message.date,
        is_service=is_service,
        is_protected=is_protected,
        sender=_sender(message, people),
        migrated_to=_migrated_to(message),
        handle=Handle(message, {}),
    )
    return common if is_service else _with_content(common, message, peer, people)


def _with_content(common: SourceMessage, message: Any, peer: Peer, people: Mapping[int, Any]) -> SourceMessage:
    return replace(
        common,
        content=FormattedText(message.message or "", from_telegram(message.entities)),
        media=kind_of(message.media),
        grouped_id=message.grouped_id,
        handle=Handle(message, _mentioned(message, peer, people)),
    )


def _migrated_to(message: Any) -> ChatId | None:
    action = getattr(message, "action", None)
    if not isinstance(action, types.MessageActionChatMigrateTo):
        return None
    return ChatId(utils.get_peer_id(types.PeerChannel(action.channel_id)))


def _sender(message: Any, people: Mapping[int, Any]) -> str:
    if getattr(message, "post_author", None):
        return str(message.post_author)
    author = message.from_id or message.peer_id
    entity = people.get(utils.get_peer_id(author))
    return full_name(entity) if isinstance(entity, types.User) else str(getattr(entity, "title", ""))


def _mentioned(message: Any, peer: Peer, people: Mapping[int, Any]) -> Mapping[int, Any]:
    ids = {entity.user_id for entity in message.entities or () if isinstance(entity, types.MessageEntityMentionName)}
    users = (people.get(user_id) for user_id in ids)
    return {user.id: _input_user(user, message, peer) for user in users if isinstance(user, types.User)}


def _input_user(user: Any, message: Any, peer: Peer) -> Any:
    """A user of whom the answer says little (`min`) can only be named by the message that shows them."""
    if user.min or user.access_hash is None:
        return types.InputUserFromMessage(input_peer(peer), message.id, user.id)
    return types.InputUser(user.id, user.access_hash)
