"""Step 3 of a run: the messages after its cursor; and those of the next run, while it sends."""

import asyncio

from tgforward.forwarding.albums import Unit
from tgforward.services.lane import Lane
from tgforward.services.pages import Fetched, Wanted
from tgforward.services.snapshot import ConfigSnapshot, Piece
from tgforward.services.traced import traced
from tgforward.telegram.probe import ChatState
from tgforward.types import MessageId

Ahead = asyncio.Task[Fetched]


@traced("fetch")
async def fetch(lane: Lane, config: ConfigSnapshot, piece: Piece, state: ChatState | None) -> Fetched:
    """The oldest messages that the config's dest lacks; `state` is what the run takes the source to have come to."""
    chat_id = config.source.chat_id
    if config.options.delay_s:
        lane.pages.forget(chat_id)  # what was changed or deleted during the delay must show
    wanted = _wanted(config, piece, piece.cursor, state)
    is_shared = lane.probes.is_shared(chat_id) or len(lane.branches.get(config.id, ())) > 1
    return await lane.pages.fetch(await lane.connection(), wanted, lane.probes.last(chat_id), keep=is_shared)


async def fetch_ahead(
    lane: Lane, config: ConfigSnapshot, piece: Piece, messages: Unit, state: ChatState | None
) -> Ahead | None:
    """Begin to fetch what follows these messages, the last of a full page."""
    cursor = messages[-1].id
    if config.options.delay_s or (piece.until is not None and cursor >= piece.until):
        return None
    wanted = _wanted(config, piece, cursor, state)
    return lane.pages.fetch_ahead(await lane.connection(), wanted, lane.probes.last(config.source.chat_id))


async def arrived(ahead: Ahead | None) -> None:
    """Wait for what was fetched ahead.

    Raises:
        TelegramError: as of `fetch_after`.
    """
    if ahead is not None:
        await asyncio.shield(ahead)


def _wanted(config: ConfigSnapshot, piece: Piece, cursor: MessageId, state: ChatState | None) -> Wanted:
    return Wanted(config.source, cursor, piece.until, state or _baseline(config))


def _baseline(config: ConfigSnapshot) -> ChatState | None:
    """History must show what had changed before the config began to follow changes."""
    if not config.follow.is_on or config.changes is None:
        return None
    return ChatState(MessageId(0), config.changes.pts)
