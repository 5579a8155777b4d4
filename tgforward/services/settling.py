"""Step 7 of a run: everything that became of it, in one transaction."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from tgforward.db.deliveries import mark_each_dead
from tgforward.db.deliveries import settle as settle_deliveries
from tgforward.db.group_commit import ToSettle
from tgforward.db.leases import Lease
from tgforward.db.moves import Move
from tgforward.db.progress import count_strays
from tgforward.db.runs import NewRun
from tgforward.db.session import Session
from tgforward.db.transaction import in_transaction
from tgforward.errors import AccountRests
from tgforward.forwarding.plan import Plan
from tgforward.forwarding.skips import Skipped, SkipReason
from tgforward.services.delivering import Report
from tgforward.services.lane import Lane
from tgforward.services.planning import Prior
from tgforward.services.reserving import Reservation
from tgforward.services.snapshot import ConfigSnapshot, Count, Piece, PieceKind
from tgforward.services.traced import traced
from tgforward.types import ConfigId, MessageId

log = structlog.get_logger()


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


@traced("settle")
async def settle(lane: Lane, settlement: Settlement) -> None:
    """Deliveries, cursor, counters and the run's row, together or not at all.

    Raises:
        CursorMoved: another run settled these messages; nothing was written.
    """
    if _did_nothing(settlement):
        return
    skipped = _skipped(settlement)
    await lane.deps.committer.settle(
        ToSettle(
            sent=_sent(settlement.reservation, settlement.report),
            dead=_dead(settlement.reservation, settlement.report),
            move=_move(lane, settlement, len(skipped)),
            run=_run(lane, settlement, skipped),
        )
    )
    _count(lane, settlement)
    config, piece = settlement.config, settlement.piece
    if lane.latest(config) is config:
        moved, changes = config.moved(piece.kind, settlement.report.cursor), settlement.changes
        lane.keep(moved if changes is None else moved.after(changes))


async def settle_strays(lane: Lane, config_id: ConfigId, reservation: Reservation, report: Report) -> None:
    """What became of deliveries beside the cursor, which stays where it is."""

    async def store(session: Session) -> None:
        await settle_deliveries(session, _sent(reservation, report))
        await mark_each_dead(session, _dead(reservation, report))
        await count_strays(session, config_id, forwarded=len(report.arrived), skipped=len(refused_messages(report)))

    if report.sent or report.refused:
        await in_transaction(lane.deps.session_factory, store)
        lane.deps.metrics.messages.recovered(len(report.sent))


def _sent(reservation: Reservation, report: Report) -> dict[int, MessageId | None]:
    return {reservation.ids[random_id]: dest for random_id, dest in report.sent.items()}


def _dead(reservation: Reservation, report: Report) -> dict[int, str]:
    return {reservation.ids[random_id]: f"{item.reason}: {item.detail}" for random_id, item in report.refused.items()}


def refused_messages(report: Report) -> list[Skipped]:
    """What Telegram refused, each source message once."""
    return list({item.message_id: item for item in report.refused.values()}.values())


def _move(lane: Lane, settlement: Settlement, skipped: int) -> Move:
    config, piece, report, changes = settlement.config, settlement.piece, settlement.report, settlement.changes
    return Move(
        config.id,
        "history" if piece.kind is PieceKind.HISTORY else "live",
        expected=piece.cursor,
        new=report.cursor,
        lease=Lease(lane.account_id, lane.token),
        forwarded=len(report.arrived),
        skipped=skipped,
        dest_number=config.dest_number,
        pts_before=None if config.changes is None else config.changes.pts,
        pts=None if changes is None else changes.pts,
    )


def _run(lane: Lane, settlement: Settlement, skipped: Sequence[Skipped]) -> NewRun | None:
    sent, error = len(settlement.report.arrived), _error(settlement.report)
    if not (sent or skipped or error):
        return None  # a pin, or messages of other topics
    is_history = settlement.piece.kind is PieceKind.HISTORY
    return NewRun(
        settlement.config.id,
        lane.account_id,
        started_at=settlement.started_at,
        duration=timedelta(seconds=lane.deps.clock.monotonic() - settlement.started),
        history=sent if is_history else 0,
        live=0 if is_history else sent,
        skipped_by_reason=Counter(item.cause for item in skipped),
        error=error,
    )


def _count(lane: Lane, settlement: Settlement) -> None:
    report, kind = settlement.report, settlement.piece.kind
    skipped = Counter(item.reason.value for item in _left_out(settlement))
    failed = Counter(item.reason.value for item in refused_messages(report))
    lane.deps.metrics.messages.settled(kind, len(report.arrived), skipped, failed)
    log.debug("run_settled", kind=kind, sent=len(report.arrived), skipped=skipped.total(), failed=failed.total())


def _skipped(settlement: Settlement) -> list[Skipped]:
    """Everything up to the new cursor that was not forwarded, by rule or by Telegram's refusal."""
    return [*_left_out(settlement), *refused_messages(settlement.report)]


def _left_out(settlement: Settlement) -> list[Skipped]:
    return [
        item
        for item in settlement.plan.skipped
        if item.message_id <= settlement.report.cursor and item.reason is not SkipReason.TOPIC
    ]


def _error(report: Report) -> str | None:
    """What went wrong; that the account rests is no error."""
    return None if report.error is None or isinstance(report.error, AccountRests) else str(report.error)


def _did_nothing(settlement: Settlement) -> bool:
    report = settlement.report
    return report.cursor == settlement.piece.cursor and not report.sent and not report.refused
