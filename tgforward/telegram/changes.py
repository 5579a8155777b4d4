"""What was edited and deleted in a chat that counts its changes itself: channels and supergroups."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from telethon.tl import functions, types

from tgforward.errors import PermanentError
from tgforward.forwarding.message import SourceMessage
from tgforward.telegram.connection import Connection
from tgforward.telegram.convert import read_messages
from tgforward.telegram.peers import Peer, input_channel
from tgforward.types import MessageId

LIMIT = 100  # core.telegram.org/method/updates.getChannelDifference: what user accounts are served at most
_UNKNOWN_PTS = frozenset({"PERSISTENT_TIMESTAMP_INVALID", "PERSISTENT_TIMESTAMP_EMPTY"})


@dataclass(frozen=True, slots=True)
class Changes:
    """What happened to messages of one chat up to the count `pts`."""

    pts: int
    edited: tuple[SourceMessage, ...] = ()
    """As they are now, oldest first; what was deleted afterwards is not among them."""
    deleted: frozenset[MessageId] = frozenset()
    is_complete: bool = True
    """Whether this is all; else ask again from `pts` on."""
    is_too_old: bool = False
    """Telegram does not tell what happened since then; nothing is listed."""


async def fetch_changes(conn: Connection, peer: Peer, pts: int) -> Changes:
    """What changed after the count `pts`; one request, new messages are not listed.

    Raises:
        PeerGone: the account can no longer see the chat.

    Source: core.telegram.org/method/updates.getChannelDifference
    """
    request = functions.updates.GetChannelDifferenceRequest(
        input_channel(peer), types.ChannelMessagesFilterEmpty(), pts, LIMIT
    )
    try:
        answer = await conn.call(request)
    except PermanentError as error:
        if error.code not in _UNKNOWN_PTS:
            raise
        return Changes(pts, is_too_old=True)
    match answer:
        case types.updates.ChannelDifferenceEmpty():
            return Changes(answer.pts)
        case types.updates.ChannelDifferenceTooLong():
            return Changes(answer.dialog.pts or pts, is_too_old=True)
        case _:
            return _read(answer, peer)


def _read(answer: Any, peer: Peer) -> Changes:
    deleted = frozenset(_deleted(answer.other_updates))
    # Of several edits the last one counts; each carries the whole message.
    latest = {message.id: message for message in _edited(answer.other_updates)}
    edited = [message for message in read_messages(latest.values(), answer, peer) if message.id not in deleted]
    return Changes(answer.pts, tuple(edited), deleted, is_complete=bool(answer.final))


def _edited(updates: Iterable[Any]) -> Iterable[Any]:
    return (update.message for update in updates if isinstance(update, types.UpdateEditChannelMessage))


def _deleted(updates: Iterable[Any]) -> Iterable[MessageId]:
    gone = (update for update in updates if isinstance(update, types.UpdateDeleteChannelMessages))
    return (MessageId(id_) for update in gone for id_ in update.messages)
