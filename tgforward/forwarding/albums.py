"""Albums: messages with one `grouped_id`, which must stay together."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from tgforward.forwarding.message import SourceMessage

ALBUM_SIZE = 10
"""Members of an album at most: core.telegram.org/method/messages.sendMultiMedia."""

Unit = tuple[SourceMessage, ...]
"""One album, or one message that stands alone; never empty."""


def group_albums(messages: Iterable[SourceMessage]) -> list[Unit]:
    """The messages as units, in their order; an album's members follow each other."""
    return [tuple(members) for _, members in groupby(messages, key=_group)]


def split_complete(messages: Sequence[SourceMessage], *, page_full: bool) -> tuple[Unit, Unit]:
    """What of a page (oldest first) can be worked on, and an album at its end whose other members may be missing.

    `page_full` says that more may follow; a page that can be full holds at least ten messages. An album of ten is
    complete, so that nothing waits without end, however many members an album may claim to have.
    """
    members = _trailing_album(messages) if page_full else 0
    border = len(messages) - (members if members < ALBUM_SIZE else 0)
    return tuple(messages[:border]), tuple(messages[border:])


def _group(message: SourceMessage) -> tuple[bool, int]:
    # A lone message is a group of its own: its id, which no other message has.
    return (False, message.id) if message.grouped_id is None else (True, message.grouped_id)


def _trailing_album(messages: Sequence[SourceMessage]) -> int:
    """How many messages at the end belong to the album of the last one."""
    if not messages or messages[-1].grouped_id is None:
        return 0
    last = _group(messages[-1])
    return next((i for i, message in enumerate(reversed(messages)) if _group(message) != last), len(messages))
