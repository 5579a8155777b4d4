"""Statements about alerts; the caller's transaction commits them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select, update

from tgforward.db.base import REASON_LENGTH
from tgforward.db.clock import utc_now
from tgforward.db.models.alert import Alert, AlertKind
from tgforward.db.pruning import prune_first
from tgforward.db.session import Session
from tgforward.db.statements import execute
from tgforward.types import AccountId, ConfigId


def note_alert(
    session: Session,
    kind: AlertKind,
    account_id: AccountId,
    reason: str,
    *,
    config_id: ConfigId | None = None,
    dest_number: int | None = None,
) -> Alert:
    """Notes what people must be told, in the transaction in which it happens."""
    about = {"account_id": account_id, "config_id": config_id, "dest_number": dest_number}
    alert = Alert(kind=kind, reason=reason[:REASON_LENGTH], **about)
    session.add(alert)
    return alert


async def load_alert(session: Session, alert_id: int) -> Alert:
    """The event as it is stored now."""
    return await session.get_one(Alert, alert_id, populate_existing=True)


async def list_alerts(session: Session, before: int | None, limit: int) -> Sequence[Alert]:
    """Events, the newest first: at most `limit` of those older than `before`."""
    query = select(Alert).order_by(Alert.id.desc()).limit(limit)
    if before is not None:
        query = query.where(Alert.id < before)
    return (await session.scalars(query)).all()


async def list_due_for_webhook(session: Session, *, since: datetime, now: datetime, limit: int) -> Sequence[Alert]:
    """Events after a moment that the webhook has not taken, and whose time to try (again) has come; oldest first."""
    due = (Alert.at >= since, Alert.webhook_at.is_(None), Alert.webhook_next_at <= now)
    return (await session.scalars(select(Alert).where(*due).order_by(Alert.id).limit(limit))).all()


async def claim_for_webhook(session: Session, alert: Alert, next_at: datetime) -> bool:
    """Counts an attempt before it is made; False if somebody else makes it. It is repeated at `next_at` if it fails."""
    unclaimed = (Alert.id == alert.id, Alert.webhook_at.is_(None), Alert.webhook_attempts == alert.webhook_attempts)
    statement = update(Alert).where(*unclaimed)
    claimed = {"webhook_attempts": alert.webhook_attempts + 1, "webhook_next_at": next_at}
    return await execute(session, statement.values(claimed)) > 0


async def mark_webhook_done(session: Session, alert_id: int) -> None:
    """The webhook has taken it."""
    await execute(session, update(Alert).where(Alert.id == alert_id).values(webhook_at=utc_now()))


async def count_refused(session: Session, *, since: datetime) -> int:
    """How many events after a moment the webhook was called for in vain."""
    refused = (Alert.at >= since, Alert.webhook_at.is_(None), Alert.webhook_attempts > 0)
    return (await session.scalars(select(func.count()).select_from(Alert).where(*refused))).one()


async def list_due_for_chat(session: Session, *, since: datetime, limit: int) -> Sequence[Alert]:
    """Events after a moment that the operations chat does not show yet; oldest first."""
    due = (Alert.at >= since, Alert.chat_at.is_(None))
    return (await session.scalars(select(Alert).where(*due).order_by(Alert.id).limit(limit))).all()


async def count_due_for_chat(session: Session, first: Alert, span: timedelta) -> int:
    """How many events the operations chat does not show yet, from one on and for so long after it."""
    query = select(func.count()).select_from(Alert).where(*_due_from(first, span))
    return (await session.scalars(query)).one()


async def mark_chat_done(session: Session, first: Alert, span: timedelta = timedelta(0)) -> None:
    """The operations chat shows an event, or all of them from it on and for so long after it."""
    chosen = _due_from(first, span) if span else (Alert.id == first.id,)
    await execute(session, update(Alert).where(*chosen).values(chat_at=utc_now()))


async def prune_alerts(session: Session, before: datetime) -> int:
    """Removes some of the events that are older than a moment, told or not; how many, and 0 if none is left."""
    return await prune_first(session, Alert.id, Alert.at, before)


def _due_from(first: Alert, span: timedelta) -> tuple[ColumnElement[bool], ...]:
    return Alert.id >= first.id, Alert.at.between(first.at, first.at + span), Alert.chat_at.is_(None)
