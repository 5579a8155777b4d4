"""Which message an earlier send became, where Telegram only says that there was one."""

from collections.abc import Sequence

from tgforward.forwarding.message import SourceMessage
from tgforward.forwarding.plan import Delivery
from tgforward.telegram.connection import Connection
from tgforward.telegram.peers import Peer
from tgforward.telegram.reading import fetch_after, fetch_top
from tgforward.types import MessageId, RandomId

REACH = 100  # ids; a duplicate is settled seconds after the send, so it is among the newest


async def find_sent(conn: Connection, dest: Peer, deliveries: Sequence[Delivery]) -> dict[RandomId, MessageId | None]:
    """For each delivery the newest message of the dest with its text and kind; None if none is found.

    That they were sent is certain; only their ids are a guess, made once.
    """
    top = await fetch_top(conn, dest)
    page = await fetch_after(conn, dest, MessageId(max(0, top - REACH)), limit=REACH)
    left = list(page.messages)
    return {item.random_id: _take(left, item) for item in reversed(deliveries)}


def _take(left: list[SourceMessage], item: Delivery) -> MessageId | None:
    content = item.message.content if item.content is None else item.content
    for position in reversed(range(len(left))):
        if left[position].content.text == content.text and left[position].media == item.message.media:
            return left.pop(position).id
    return None
