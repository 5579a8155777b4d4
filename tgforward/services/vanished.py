"""Uncertain sends of messages that are gone from the source: whether they arrived is read from the dest."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import structlog

from tgforward.db.deliveries import list_copies, mark_withdrawn, settle
from tgforward.db.models import Delivery
from tgforward.db.progress import count_strays
from tgforward.db.session import Session, reading
from tgforward.db.transaction import in_transaction
from tgforward.errors import EditRefused
from tgforward.forwarding.identity import piece_of
from tgforward.forwarding.ruleset import DeletionMode
from tgforward.services.concluding import CLOCKS_DIFFER
from tgforward.services.lane import Lane
from tgforward.services.snapshot import ConfigSnapshot
from tgforward.telegram.editing import delete
from tgforward.telegram.searching import find_copies
from tgforward.types import MessageId

LATELY = timedelta(days=1)  # what was sent earlier is hardly among the newest messages of a dest

log = structlog.get_logger()


async def settle_vanished(lane: Lane, config: ConfigSnapshot, rows: Sequence[Delivery]) -> frozenset[int]:
    """Settle those whose copies stand in the dest, and follow the deletion if the config wants that; their numbers.

    The copy is deleted before anything is written down: a crash in between leaves a delivery that never arrived.
    """
    copies = await _match(lane, config, rows)
    if not copies:
        return frozenset()
    is_deleted = config.follow.deletions is DeletionMode.DELETE and await _delete(lane, config, copies)
    arrived = sum(piece_of(row.part) == 0 for row in rows if row.id in copies)

    async def store(session: Session) -> None:
        await settle(session, copies)
        if is_deleted:
            await mark_withdrawn(session, list(copies))
        await count_strays(session, config.id, forwarded=arrived, skipped=0)

    await in_transaction(lane.deps.session_factory, store)
    return frozenset(copies)


async def _delete(lane: Lane, config: ConfigSnapshot, copies: Mapping[int, MessageId]) -> bool:
    """Whether Telegram let us."""
    try:
        await delete(await lane.connection(), config.dest, sorted(copies.values()))
    except EditRefused as error:
        log.warning("change_refused", config_id=config.id, dest_number=config.dest_number, code=error.code)
        return False
    return True


async def _match(lane: Lane, config: ConfigSnapshot, rows: Sequence[Delivery]) -> dict[int, MessageId]:
    """For each row the newest message that shows what it sent and is nobody else's copy."""
    wanted = {row.fingerprint for row in rows if row.fingerprint is not None}
    if not wanted:
        return {}
    begun = min(row.created_at for row in rows) - CLOCKS_DIFFER
    found = await find_copies(await lane.connection(), config.dest, wanted, begun)
    since = lane.deps.clock.now() - LATELY
    async with reading(lane.deps.session_factory) as session:
        taken = await list_copies(session, config.id, config.dest.chat_id, since)
    matched: dict[int, MessageId] = {}
    for row in reversed(rows):
        free = [item for item in found.get(row.fingerprint or 0, []) if item not in taken]
        if free:
            matched[row.id] = free[0]
            taken.add(free[0])
    return matched
