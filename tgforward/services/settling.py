"""Steps 5 and 7 of a run: intent before the act, and everything that became of it in one transaction."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tgforward.db.deliveries import NewDelivery, SourceKey, mark_dead
from tgforward.db.deliveries import reserve as store_reservation
from tgforward.db.deliveries import settle as store_settled
from tgforward.db.leases import Lease
from tgforward.db.models import DeliveryState
from tgforward.db.progress import advance_history, advance_live, count_strays
from tgforward.db.runs import record_run
from tgforward.db.session import Session
from tgforward.db.transaction import in_transaction
from tgforward.errors import AccountRests, CursorMoved
from tgforward.forwarding.plan import Delivery, Plan
from tgforward.forwarding.skips import Skipped
from tgforward.services.delivering import Report
from tgforward.services.lane import Lane
from tgforward.services.route import Attempt
from tgforward.services.snapshot import ConfigSnapshot, Piece, PieceKind
from tgforward.types import ConfigId, MessageId, RandomId


@dataclass(frozen=True, slots=True)
class Reservation:
    """The ledger's rows of one run."""

    ids: Mapping[RandomId, int]
    messages: Mapping[MessageId, int]
    settled: frozenset[MessageId]
    """Messages that an earlier run sent or gave up; they must not be sent again."""
    attempts: Mapping[RandomId, Attempt]


@dataclass(frozen=True, slots=True)
class Settlement:
    """Everything that is written down about one run."""

    config: ConfigSnapshot
    piece: Piece
    plan: Plan
    reservation: Reservation
    report: Report
    started_at: datetime
    started: float
    """The monotonic clock at the start, in seconds."""


async def reserve(lane: Lane, config: ConfigSnapshot, plan: Plan) -> Reservation:
    """Write down what is about to be sent; what was settled earlier comes back and must not be sent again."""
    rows = [_new_delivery(config, item) for step in plan.steps for item in step.deliveries]
    known = {}
    if rows:
        known = await in_transaction(
            lane.deps.session_factory, lambda session: store_reservation(session, config.id, lane.account_id, rows)
        )
    return Reservation(
        ids={row.random_id: row.id for row in known.values()},
        messages={row.source_message_id: row.id for row in known.values()},
        settled=frozenset(row.source_message_id for row in known.values() if row.state is not DeliveryState.RESERVED),
        attempts={row.random_id: Attempt(row.attempts, row.created_at) for row in known.values()},
    )


async def settle(lane: Lane, settlement: Settlement) -> None:
    """Deliveries, cursor, counters and the run's row, together or not at all.

    Raises:
        CursorMoved: another run settled these messages; nothing was written.
    """
    if _did_nothing(settlement):
        return
    await in_transaction(lane.deps.session_factory, lambda session: _settle(session, lane, settlement))
    config, piece = settlement.config, settlement.piece
    if lane.snapshots.get(config.id) is config:
        lane.snapshots[config.id] = config.moved(piece.kind, settlement.report.cursor)


async def settle_strays(lane: Lane, config_id: ConfigId, reservation: Reservation, report: Report) -> None:
    """What became of deliveries beside the cursor, which stays where it is."""

    async def store(session: Session) -> None:
        await _settle_deliveries(session, reservation, report)
        await count_strays(session, config_id, forwarded=len(report.sent), skipped=len(report.skipped))

    if report.sent or report.skipped:
        await in_transaction(lane.deps.session_factory, store)


async def _settle(session: Session, lane: Lane, settlement: Settlement) -> None:
    skipped = _skipped(settlement)
    await _settle_deliveries(session, settlement.reservation, settlement.report)
    await _advance(session, lane, settlement, len(skipped))
    await _record_run(session, lane, settlement, skipped)


async def _settle_deliveries(session: Session, reservation: Reservation, report: Report) -> None:
    await store_settled(session, {reservation.ids[random_id]: dest for random_id, dest in report.sent.items()})
    for item in report.skipped:
        await mark_dead(session, [reservation.messages[item.message_id]], f"{item.reason}: {item.detail}")


async def _advance(session: Session, lane: Lane, settlement: Settlement, skipped: int) -> None:
    piece, report = settlement.piece, settlement.report
    advance = advance_history if piece.kind is PieceKind.HISTORY else advance_live
    moved = await advance(
        session,
        settlement.config.id,
        expected=piece.cursor,
        new=report.cursor,
        forwarded=len(report.sent),
        skipped=skipped,
        lease=Lease(lane.account_id, lane.token),
    )
    if not moved:
        raise CursorMoved(f"config {settlement.config.id}: another run settled the messages after {piece.cursor}")


async def _record_run(session: Session, lane: Lane, settlement: Settlement, skipped: Sequence[Skipped]) -> None:
    sent = len(settlement.report.sent)
    is_history = settlement.piece.kind is PieceKind.HISTORY
    await record_run(
        session,
        config_id=settlement.config.id,
        account_id=lane.account_id,
        started_at=settlement.started_at,
        duration=timedelta(seconds=lane.deps.clock.monotonic() - settlement.started),
        history=sent if is_history else 0,
        live=0 if is_history else sent,
        skipped_by_reason=dict(Counter(str(item.reason) for item in skipped)),
        error=_error(settlement.report),
    )


def _skipped(settlement: Settlement) -> list[Skipped]:
    """Everything up to the new cursor that was not forwarded, by rule or by Telegram's refusal."""
    planned = [item for item in settlement.plan.skipped if item.message_id <= settlement.report.cursor]
    return [*planned, *settlement.report.skipped]


def _error(report: Report) -> str | None:
    """What went wrong; that the account rests is no error."""
    return None if report.error is None or isinstance(report.error, AccountRests) else str(report.error)


def _did_nothing(settlement: Settlement) -> bool:
    report = settlement.report
    return report.cursor == settlement.piece.cursor and not report.sent and not report.skipped


def _new_delivery(config: ConfigSnapshot, item: Delivery) -> NewDelivery:
    key = SourceKey(item.message.chat_id, item.message.id, item.part)
    return NewDelivery(*key, item.random_id, config.dest.chat_id)
