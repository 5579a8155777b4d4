"""What tells whether the same content was forwarded before."""

from collections.abc import Sequence

from tgforward.forwarding.identity import hash64
from tgforward.forwarding.message import MediaKind, SourceMessage


def content_hash(unit: Sequence[SourceMessage]) -> int:
    """A signed 64-bit number of the original texts and media of a message or album; the same everywhere.

    Media that Telegram gives no number (a poll, a location) equals no other.
    """
    return hash64("content", *(part for message in unit for part in _parts(message)))


def _parts(message: SourceMessage) -> tuple[int | str, ...]:
    if message.media_id is not None:
        return message.content.text, message.media_id
    if message.media in (None, MediaKind.WEB_PAGE):
        return message.content.text, ""
    return message.content.text, f"message {message.id} of {message.chat_id}"
