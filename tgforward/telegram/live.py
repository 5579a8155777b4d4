"""Live updates as hints that a chat has something new; they may be lost, late or doubled, and prove nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from telethon import utils
from telethon.tl import types

from tgforward.telegram.probe import ChatState
from tgforward.types import ChatId, MessageId

_NEW = types.UpdateNewChannelMessage | types.UpdateNewMessage
_EDITED = types.UpdateEditChannelMessage | types.UpdateEditMessage


@dataclass(frozen=True, slots=True)
class Hint:
    """A chat in which something has happened."""

    chat_id: ChatId
    state: ChatState | None
    """What it has come to, if that was a new message; None: something was changed, or is not told."""


def hints_of(updates: Any) -> Iterator[Hint]:
    """The hints in what Telegram pushed, or answered to a send of ours."""
    match updates:
        case types.UpdateShortMessage():
            yield Hint(ChatId(updates.user_id), ChatState(MessageId(updates.id)))
        case types.UpdateShortChatMessage():
            yield Hint(ChatId(-updates.chat_id), ChatState(MessageId(updates.id)))
        case types.UpdateShort():
            yield from _hints_of_one(updates.update)
        case types.Updates() | types.UpdatesCombined():
            for update in updates.updates:
                yield from _hints_of_one(update)


def _hints_of_one(update: Any) -> Iterator[Hint]:
    if isinstance(update, _NEW):
        counts = isinstance(update, types.UpdateNewChannelMessage)
        state = ChatState(MessageId(update.message.id), update.pts if counts else None)
        yield Hint(ChatId(utils.get_peer_id(update.message.peer_id)), state)
    elif isinstance(update, _EDITED):
        yield Hint(ChatId(utils.get_peer_id(update.message.peer_id)), None)
    elif isinstance(update, types.UpdateDeleteChannelMessages | types.UpdateChannelTooLong):
        yield Hint(ChatId(utils.get_peer_id(types.PeerChannel(update.channel_id))), None)
