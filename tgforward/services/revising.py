"""A source message that was edited: its copies are edited too, or its new version is sent below them."""

from collections.abc import Mapping, Sequence

from tgforward.db.deliveries import mark_withdrawn, note_edited
from tgforward.db.models import Delivery as Row
from tgforward.db.session import Session
from tgforward.db.transaction import in_transaction
from tgforward.forwarding.albums import ALBUM_SIZE
from tgforward.forwarding.identity import PIECES, REVISIONS, part_of, revision_of
from tgforward.forwarding.message import SourceMessage
from tgforward.forwarding.plan import Delivery
from tgforward.services.lane import Lane
from tgforward.services.planning import load_prior, plan_messages
from tgforward.services.refusals import tolerated
from tgforward.services.resending import send_again
from tgforward.services.routing import manner_of
from tgforward.services.snapshot import ConfigSnapshot
from tgforward.telegram.editing import delete, edit
from tgforward.telegram.reading import fetch_messages
from tgforward.types import MessageId


async def append_revision(lane: Lane, config: ConfigSnapshot, message: SourceMessage, rows: Sequence[Row]) -> None:
    """Send the new version as an answer to the first copy; versions of one second count as one."""
    known = [row.source_edited_at for row in rows if row.source_edited_at is not None]
    revision = 1 + max(revision_of(row.part) for row in rows)
    if message.edited_at is None or (known and message.edited_at <= max(known)) or revision >= REVISIONS:
        return
    parts = [part_of(config.dest_number, revision=revision, piece=piece) for piece in range(PIECES)]
    unit = await _album_of(lane, config, message)
    await send_again(lane, config, unit, revision=revision, only=frozenset((message.id, part) for part in parts))


async def update_copies(lane: Lane, config: ConfigSnapshot, message: SourceMessage, rows: Sequence[Row]) -> None:
    """Edit the copies; pieces that its text needs no more are deleted, those that it needs now are sent.

    Nothing happens where the rules now hold the message back: what was sent stays.
    """
    copies = {row.part: row for row in rows if revision_of(row.part) == 0}
    unit = await _album_of(lane, config, message)
    plan = plan_messages(config, unit, await load_prior(lane, config, unit))
    wanted = {item.part: item for item in plan.deliveries if item.message.id == message.id}
    if wanted and copies:
        await _edit(lane, config, [(copies[part], wanted[part]) for part in sorted(wanted.keys() & copies.keys())])
        if missing := wanted.keys() - copies.keys():
            await send_again(lane, config, unit, revision=0, only=frozenset((message.id, part) for part in missing))
        await _take_back(lane, config, {row.id: row for part, row in copies.items() if part not in wanted})
    if message.edited_at is not None and copies:
        edited = {row.id: message.edited_at for row in copies.values()}
        await in_transaction(lane.deps.session_factory, lambda session: note_edited(session, edited))


async def _album_of(lane: Lane, config: ConfigSnapshot, message: SourceMessage) -> list[SourceMessage]:
    """The message with the rest of its album, which the rules look at as a whole."""
    if message.grouped_id is None:
        return [message]
    first = max(1, message.id - ALBUM_SIZE + 1)
    around = [MessageId(number) for number in range(first, message.id + ALBUM_SIZE)]
    found = await fetch_messages(await lane.connection(), config.source, around)
    return [item for item in found if item.grouped_id == message.grouped_id]


async def _edit(lane: Lane, config: ConfigSnapshot, pairs: Sequence[tuple[Row, Delivery]]) -> None:
    connection, manner = await lane.connection(), manner_of(config)
    for row, item in pairs:
        if row.dest_message_id is None:
            continue
        lane.pace.spend(config.dest.chat_id, 1)
        with tolerated(config):
            await edit(connection, config.dest, MessageId(row.dest_message_id), item, manner)


async def _take_back(lane: Lane, config: ConfigSnapshot, rows: Mapping[int, Row]) -> None:
    """Pieces of a text that has become shorter."""
    copies = [MessageId(row.dest_message_id) for row in rows.values() if row.dest_message_id is not None]
    if not copies:
        return
    await delete(await lane.connection(), config.dest, copies)

    async def store(session: Session) -> None:
        await mark_withdrawn(session, list(rows))

    await in_transaction(lane.deps.session_factory, store)
