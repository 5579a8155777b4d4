"""Reading a chat's messages: pages after a cursor, single ones, the newest, and where its history begins."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from telethon.tl import functions, types

from tgforward.forwarding.albums import ALBUM_SIZE
from tgforward.forwarding.message import SourceMessage
from tgforward.telegram.connection import Connection
from tgforward.telegram.convert import read_answer
from tgforward.telegram.peers import Peer, PeerKind, input_channel, input_peer
from tgforward.types import MessageId

PAGE = 100  # core.telegram.org/method/messages.getHistory serves no more
_NOTHING = MessageId(0)


@dataclass(frozen=True, slots=True)
class Page:
    """Messages after a cursor, oldest first."""

    messages: list[SourceMessage]
    is_full: bool
    """Whether more may follow: an album at the end of a full page may go on in the next."""
    top: MessageId
    """The highest id seen, deleted messages included; the cursor itself if nothing is newer."""

    def part(self, cursor: MessageId, until: MessageId | None) -> "Page":
        """What it holds for somebody who is further: the messages newer than `cursor`, none newer than `until`."""
        end = math.inf if until is None else until
        messages = [message for message in self.messages if cursor < message.id <= end]
        return Page(messages, self.is_full and self.top < end, messages[-1].id if messages else cursor)


@dataclass(frozen=True, slots=True)
class Window:
    """The messages with `floor < id <= top`; `total` of them, if Telegram says how many."""

    floor: MessageId
    top: MessageId
    total: int | None


async def fetch_after(
    conn: Connection, peer: Peer, cursor: MessageId, *, limit: int = PAGE, until: MessageId | None = None
) -> Page:
    """The oldest messages newer than `cursor`, at most `limit`, none newer than `until`; one request.

    Albums are not completed: if the page is full, the next one may hold the rest.

    Raises:
        FloodWait: the account must rest.
        PeerGone: the account can no longer see the chat; retrying is useless.

    Source: core.telegram.org/api/offsets
    """
    # From the first message older than cursor + 1, `limit` places towards the newer ones.
    answer = await _fetch(conn, peer, offset_id=cursor + 1, add_offset=-limit, limit=limit)
    # With fewer newer ones the answer may be filled up with older ones.
    ids = sorted(message.id for message in answer.messages if message.id > cursor)
    end = math.inf if until is None else until
    messages = [message for message in read_answer(answer, peer) if cursor < message.id <= end]
    top = max((id_ for id_ in ids if id_ <= end), default=cursor)
    return Page(messages, len(ids) >= limit and ids[-1] < end, MessageId(top))


async def fetch_messages(conn: Connection, peer: Peer, ids: Sequence[MessageId]) -> list[SourceMessage]:
    """The messages with these ids (at most 100), oldest first; those that do not exist are left out."""
    wanted: list[Any] = [types.InputMessageID(id_) for id_ in ids]
    request = (
        functions.channels.GetMessagesRequest(input_channel(peer), wanted)
        if peer.kind in {PeerKind.CHANNEL, PeerKind.SUPERGROUP}
        else functions.messages.GetMessagesRequest(wanted)
    )
    return read_answer(await conn.call(request), peer)


async def fetch_top(conn: Connection, peer: Peer) -> MessageId:
    """The id of the newest message; 0 in an empty chat."""
    answer = await _fetch(conn, peer, limit=1)
    return _top_of(answer)


async def fetch_nth_newest(conn: Connection, peer: Peer, count: int) -> Window:
    """The window of the last `count` messages (0 none, -1 all), widened by the rest of an album at its edge.

    One request, two where `count` is large.
    """
    reach = count + ALBUM_SIZE
    answer = await _fetch(conn, peer, limit=reach if 0 < reach <= PAGE and count > 0 else 1)
    top, total = _top_of(answer), _count_of(answer)
    if count == 0:
        return Window(top, top, 0)
    if count < 0 or (total is not None and total <= count):
        return Window(_NOTHING, top, total)
    newest = _newest_first(answer)
    if reach <= PAGE:
        return _window(newest[count - 1 :], top, count)
    edge = await _fetch(conn, peer, offset_id=top + 1, add_offset=count - 1, limit=ALBUM_SIZE + 1)
    return _window(_newest_first(edge), top, count)


async def read_back(conn: Connection, peer: Peer, *, after: MessageId = _NOTHING) -> list[SourceMessage]:
    """Every message newer than `after`, oldest first; for verification, since it holds them all."""
    messages: list[SourceMessage] = []
    page = await fetch_after(conn, peer, after)
    messages += page.messages
    while page.is_full:
        page = await fetch_after(conn, peer, page.top)
        messages += page.messages
    return messages


def _window(edge: Sequence[Any], top: MessageId, count: int) -> Window:
    """The window whose oldest message is the first of `edge` (newest first), or the last of that one's album."""
    if not edge:
        return Window(_NOTHING, top, None)
    group = getattr(edge[0], "grouped_id", None)
    members = [edge[0]]
    for older in edge[1:]:
        if group is None or getattr(older, "grouped_id", None) != group:
            break
        members.append(older)
    return Window(MessageId(members[-1].id - 1), top, count - 1 + len(members))


async def _fetch(conn: Connection, peer: Peer, *, limit: int, offset_id: int = 0, add_offset: int = 0) -> Any:
    return await conn.call(
        functions.messages.GetHistoryRequest(
            peer=input_peer(peer),
            offset_id=offset_id,
            offset_date=None,
            add_offset=add_offset,
            limit=limit,
            max_id=0,
            min_id=0,
            hash=0,
        )
    )


def _newest_first(answer: Any) -> list[Any]:
    return sorted(answer.messages, key=lambda message: -message.id)


def _top_of(answer: Any) -> MessageId:
    return MessageId(max((message.id for message in answer.messages), default=0))


def _count_of(answer: Any) -> int | None:
    if isinstance(answer, types.messages.Messages):
        return len(answer.messages)
    count = getattr(answer, "count", None)
    return None if count is None else int(count)
