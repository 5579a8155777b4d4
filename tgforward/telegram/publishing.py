"""Writing new messages with media of one's own, as the editor of the demo's channels does."""

import io
from collections.abc import Sequence
from datetime import timedelta

from tgforward.forwarding.message import FormattedText
from tgforward.telegram.connection import Connection
from tgforward.telegram.entities import to_telegram
from tgforward.telegram.peers import Peer, input_peer
from tgforward.types import MessageId

_UPLOAD_TIMEOUT = timedelta(minutes=2)


async def publish_text(conn: Connection, peer: Peer, content: FormattedText) -> MessageId:
    """Post a text with its formatting."""
    async with conn.border("publish_text"):
        message = await conn.client.send_message(
            input_peer(peer), content.text, formatting_entities=to_telegram(content.entities), parse_mode=None
        )
    return MessageId(message.id)


async def publish_photo(conn: Connection, peer: Peer, jpeg: bytes, caption: FormattedText) -> MessageId:
    """Upload a photo and post it under its caption."""
    async with conn.border("publish_photo", timeout=_UPLOAD_TIMEOUT):
        message = await conn.client.send_file(
            input_peer(peer),
            _named(jpeg, 0),
            caption=caption.text,
            formatting_entities=to_telegram(caption.entities),
            parse_mode=None,
        )
    return MessageId(message.id)


async def publish_album(
    conn: Connection, peer: Peer, jpegs: Sequence[bytes], caption: FormattedText
) -> list[MessageId]:
    """Upload photos and post them as one album; the caption stands on the first."""
    async with conn.border("publish_album", timeout=_UPLOAD_TIMEOUT):
        messages = await conn.client.send_file(
            input_peer(peer),
            [_named(jpeg, number) for number, jpeg in enumerate(jpegs)],
            caption=[caption.text] + [""] * (len(jpegs) - 1),
            formatting_entities=[to_telegram(caption.entities)] + [[]] * (len(jpegs) - 1),
            parse_mode=None,
        )
    return [MessageId(message.id) for message in messages]


def _named(jpeg: bytes, number: int) -> io.BytesIO:
    """Telethon tells a photo from a file by its name."""
    file = io.BytesIO(jpeg)
    file.name = f"photo{number}.jpg"
    return file
