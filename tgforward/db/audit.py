"""Statements about the audit log; the caller's transaction commits them."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from tgforward.db.models import AuditEntry
from tgforward.db.session import Session


async def record_change(session: Session, *, actor: str, action: str, target: str, detail: Mapping[str, Any]) -> None:
    """Notes who did what to which `target`, such as `config:3`, in the transaction that does it.

    `detail` becomes JSON; it holds no secret, phone number or message text.
    """
    session.add(AuditEntry(actor=actor[:64], action=action, target=target, detail=dict(detail)))
    await session.flush()


async def list_changes(session: Session, target: str | None = None, *, limit: int = 100) -> Sequence[AuditEntry]:
    """The latest changes, of one target or all, the newest first."""
    query = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(limit)
    if target is not None:
        query = query.where(AuditEntry.target == target)
    return (await session.scalars(query)).all()
