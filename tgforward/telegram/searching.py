"""Which message an earlier send became, where Telegram only says that there was one."""

from collections.abc import Collection, Sequence
from datetime import datetime

from tgforward.forwarding.fingerprint import fingerprint
from tgforward.forwarding.message import MediaKind, SourceMessage
from tgforward.forwarding.plan import Delivery
from tgforward.telegram.connection import Connection
from tgforward.telegram.manner import is_text, text_of
from tgforward.telegram.peers import Peer
from tgforward.telegram.reading import fetch_after, fetch_top
from tgforward.types import MessageId, RandomId

WINDOW = 100  # ids in one request: core.telegram.org/method/messages.getHistory
WINDOWS = 10  # requests at most; nearly always what is looked for is among the newest


async def find_sent(
    conn: Connection, dest: Peer, deliveries: Sequence[Delivery], since: datetime
) -> dict[RandomId, MessageId | None]:
    """For each delivery, begun at `since` or later, the newest message with its text and media; None if none is found.

    That they were sent is certain; only their ids are a guess, made once.
    """
    left = await _fetch_since(conn, dest, since)
    return {item.random_id: _take(left, item) for item in reversed(deliveries)}


async def find_copies(
    conn: Connection, dest: Peer, fingerprints: Collection[int], since: datetime
) -> dict[int, list[MessageId]]:
    """The messages of the dest since then that show what was sent, for sources that are gone; newest first."""
    found: dict[int, list[MessageId]] = {}
    for message in reversed(await _fetch_since(conn, dest, since)):
        shown = fingerprint(message.content.text, message.media_id)
        if shown in fingerprints:
            found.setdefault(shown, []).append(message.id)
    return found


def fingerprint_of(item: Delivery) -> int:
    """What the delivery will show at the dest."""
    return fingerprint(text_of(item).text, None if is_text(item) else item.message.media_id)


async def _fetch_since(conn: Connection, dest: Peer, since: datetime) -> list[SourceMessage]:
    """Oldest first; it may reach back a little further, and no further than the last thousand ids."""
    found: list[SourceMessage] = []
    top = await fetch_top(conn, dest)
    for _ in range(WINDOWS):
        below = MessageId(max(0, top - WINDOW))
        page = await fetch_after(conn, dest, below, limit=WINDOW, until=top)
        found[:0] = page.messages
        if below == 0 or (page.messages and page.messages[0].date < since):
            break
        top = below
    return found


def _take(left: list[SourceMessage], item: Delivery) -> MessageId | None:
    wanted = fingerprint_of(item)
    for position in reversed(range(len(left))):
        found = left[position]
        if fingerprint(found.content.text, found.media_id) == wanted and _has_kind_of(found, item):
            return left.pop(position).id
    return None


def _has_kind_of(found: SourceMessage, item: Delivery) -> bool:
    """A text is one with and without a link preview."""
    return found.media in (None, MediaKind.WEB_PAGE) if is_text(item) else found.media == item.message.media
