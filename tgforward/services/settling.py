"""Step 7 of a run: everything that became of it, in one transaction."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tgforward.db.deliveries import mark_dead
from tgforward.db.deliveries import settle as store_settled
from tgforward.db.leases import Lease
from tgforward.db.progress import advance_history, advance_live, count_strays, set_change_pts
from tgforward.db.runs import record_run
from tgforward.db.session import Session
from tgforward.db.transaction import in_transaction
from tgforward.errors import AccountRests, CursorMoved
from tgforward.forwarding.plan import Plan
from tgforward.forwarding.skips import Skipped, SkipReason
from tgforward.services.delivering import Report
from tgforward.services.lane import Lane
from tgforward.services.planning import Prior
from tgforward.services.reserving import Reservation
from tgforward.services.snapshot import ConfigSnapshot, Count, Piece, PieceKind
from tgforward.types import ConfigId


@dataclass(frozen=True, slots=True)
class Settlement:
    """Everything that is written down about one run."""

    config: ConfigSnapshot
    piece: Piece
    plan: Plan
    prior: Prior
    reservation: Reservation
    report: Report
    started_at: datetime
    started: float
    """The monotonic clock at the start, in seconds."""
    changes: Count | None
    """Up to where the source's changes are known, if that is further than before."""


async def settle(lane: Lane, settlement: Settlement) -> None:
    """Deliveries, cursor, counters and the run's row, together or not at all.

    Raises:
        CursorMoved: another run settled these messages; nothing was written.
    """
    if _did_nothing(settlement):
        return
    await in_transaction(lane.deps.session_factory, lambda session: _settle(session, lane, settlement))
    config, piece = settlement.config, settlement.piece
    if lane.latest(config) is config:
        moved, changes = config.moved(piece.kind, settlement.report.cursor), settlement.changes
        lane.keep(moved if changes is None else moved.after(changes))


async def settle_strays(lane: Lane, config_id: ConfigId, reservation: Reservation, report: Report) -> None:
    """What became of deliveries beside the cursor, which stays where it is."""

    async def store(session: Session) -> None:
        await _settle_deliveries(session, reservation, report)
        await count_strays(session, config_id, forwarded=len(report.arrived), skipped=len(refused_messages(report)))

    if report.sent or report.refused:
        await in_transaction(lane.deps.session_factory, store)


async def _settle(session: Session, lane: Lane, settlement: Settlement) -> None:
    skipped = _skipped(settlement)
    await _settle_deliveries(session, settlement.reservation, settlement.report)
    await _advance(session, lane, settlement, len(skipped))
    await _note_changes(session, settlement)
    await _record_run(session, lane, settlement, skipped)


async def _settle_deliveries(session: Session, reservation: Reservation, report: Report) -> None:
    await store_settled(session, {reservation.ids[random_id]: dest for random_id, dest in report.sent.items()})
    for random_id, item in report.refused.items():
        await mark_dead(session, [reservation.ids[random_id]], f"{item.reason}: {item.detail}")


def refused_messages(report: Report) -> list[Skipped]:
    """What Telegram refused, each source message once."""
    return list({item.message_id: item for item in report.refused.values()}.values())


async def _advance(session: Session, lane: Lane, settlement: Settlement, skipped: int) -> None:
    piece, report = settlement.piece, settlement.report
    advance = advance_history if piece.kind is PieceKind.HISTORY else advance_live
    moved = await advance(
        session,
        settlement.config.id,
        expected=piece.cursor,
        new=report.cursor,
        forwarded=len(report.arrived),
        skipped=skipped,
        lease=Lease(lane.account_id, lane.token),
        dest_number=settlement.config.dest_number,
    )
    if not moved:
        raise CursorMoved(f"config {settlement.config.id}: another run settled the messages after {piece.cursor}")


async def _note_changes(session: Session, settlement: Settlement) -> None:
    config, new = settlement.config, settlement.changes
    if new is not None:
        expected = None if config.changes is None else config.changes.pts
        await set_change_pts(session, config.id, config.dest_number, expected=expected, new=new.pts)


async def _record_run(session: Session, lane: Lane, settlement: Settlement, skipped: Sequence[Skipped]) -> None:
    sent, error = len(settlement.report.arrived), _error(settlement.report)
    if not (sent or skipped or error):
        return  # a pin, or messages of other topics
    is_history = settlement.piece.kind is PieceKind.HISTORY
    await record_run(
        session,
        config_id=settlement.config.id,
        account_id=lane.account_id,
        started_at=settlement.started_at,
        duration=timedelta(seconds=lane.deps.clock.monotonic() - settlement.started),
        history=sent if is_history else 0,
        live=0 if is_history else sent,
        skipped_by_reason=dict(Counter(item.cause for item in skipped)),
        error=error,
    )


def _skipped(settlement: Settlement) -> list[Skipped]:
    """Everything up to the new cursor that was not forwarded, by rule or by Telegram's refusal."""
    planned = [
        item
        for item in settlement.plan.skipped
        if item.message_id <= settlement.report.cursor and item.reason is not SkipReason.TOPIC
    ]
    return [*planned, *refused_messages(settlement.report)]


def _error(report: Report) -> str | None:
    """What went wrong; that the account rests is no error."""
    return None if report.error is None or isinstance(report.error, AccountRests) else str(report.error)


def _did_nothing(settlement: Settlement) -> bool:
    report = settlement.report
    return report.cursor == settlement.piece.cursor and not report.sent and not report.refused
