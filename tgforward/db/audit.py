"""Statements about the audit log; the caller's transaction commits them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, insert, or_, select

from tgforward.db.batches import batches
from tgforward.db.models import AuditEntry
from tgforward.db.session import Session


@dataclass(frozen=True, slots=True)
class ChangeFilter:
    """Which changes are meant; what is None does not matter."""

    actor: str | None = None
    action: str | None = None
    """`config.edit`, or only its beginning: `config`."""
    target: str | None = None
    since: datetime | None = None
    until: datetime | None = None


async def record_change(session: Session, *, actor: str, action: str, target: str, detail: Mapping[str, Any]) -> None:
    """Notes who did what to which `target`, such as `config:3`, in the transaction that does it.

    `detail` becomes JSON; it holds no secret, phone number or message text.
    """
    session.add(AuditEntry(actor=actor[:64], action=action, target=target, detail=dict(detail)))
    await session.flush()


async def record_changes(
    session: Session, *, actor: str, action: str, details: Mapping[str, Mapping[str, Any]]
) -> None:
    """Notes that the same was done to several targets, each with its detail, hundreds in a statement."""
    same = {"actor": actor[:64], "action": action}
    rows = [{**same, "target": target, "detail": dict(detail)} for target, detail in details.items()]
    for some in batches(rows):
        await session.execute(insert(AuditEntry), some)


async def list_changes(
    session: Session,
    target: str | None = None,
    *,
    which: ChangeFilter | None = None,
    before: int | None = None,
    limit: int = 100,
) -> Sequence[AuditEntry]:
    """The latest changes, of one target, some or all, the newest first; those before entry `before` if it is given."""
    query = select(AuditEntry).where(*_conditions(which or ChangeFilter(target=target)))
    if before is not None:
        query = query.where(AuditEntry.id < before)
    return (await session.scalars(query.order_by(AuditEntry.id.desc()).limit(limit))).all()


def _conditions(which: ChangeFilter) -> list[ColumnElement[bool]]:
    conditions = []
    if which.actor is not None:
        conditions.append(AuditEntry.actor == which.actor)
    if which.action is not None:
        begins = AuditEntry.action.startswith(f"{which.action}.", autoescape=True)
        conditions.append(or_(AuditEntry.action == which.action, begins))
    if which.target is not None:
        conditions.append(AuditEntry.target == which.target)
    if which.since is not None:
        conditions.append(AuditEntry.at >= which.since)
    if which.until is not None:
        conditions.append(AuditEntry.at < which.until)
    return conditions
