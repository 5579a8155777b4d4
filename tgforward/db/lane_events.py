"""Statements about what happened to lanes; the caller's transaction commits them."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, select

from tgforward.db.base import REASON_LENGTH
from tgforward.db.models.lane_event import LaneEvent, LaneEventKind
from tgforward.db.pruning import prune_first
from tgforward.db.session import Session
from tgforward.types import AccountId


def note_lane_event(
    session: Session,
    account_id: AccountId,
    kind: LaneEventKind,
    *,
    reason: str | None = None,
    until: datetime | None = None,
) -> None:
    """Notes what happened, in the transaction in which it happens."""
    shortened = reason and reason[:REASON_LENGTH]
    session.add(LaneEvent(account_id=account_id, kind=kind, until=until, reason=shortened))


async def list_lane_events(
    session: Session, since: datetime, *, account_id: AccountId | None = None, limit: int = 500
) -> Sequence[LaneEvent]:
    """The latest events since a moment, of one account or (None) all, the newest first."""
    query = select(LaneEvent).where(LaneEvent.at >= since).order_by(LaneEvent.at.desc(), LaneEvent.id.desc())
    if account_id is not None:
        query = query.where(LaneEvent.account_id == account_id)
    return (await session.scalars(query.limit(limit))).all()


async def load_lane_states(session: Session, before: datetime, account_ids: Collection[AccountId]) -> list[LaneEvent]:
    """The last event of each of these lanes before a moment, waits aside: what they were at that moment."""
    last = (
        select(func.max(LaneEvent.id))
        .where(LaneEvent.account_id.in_(account_ids), LaneEvent.at < before, LaneEvent.kind != LaneEventKind.WAITS)
        .group_by(LaneEvent.account_id)
    )
    return list(await session.scalars(select(LaneEvent).where(LaneEvent.id.in_(last))))


async def prune_lane_events(session: Session, before: datetime) -> int:
    """Removes some of the events that are older than a moment; how many, and 0 if none is left."""
    return await prune_first(session, LaneEvent.id, LaneEvent.at, before)
