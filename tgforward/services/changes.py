"""Who changed what: the audit log as people read it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tgforward.db.audit import ChangeFilter, list_changes
from tgforward.db.models.audit import AuditEntry
from tgforward.db.session import reading
from tgforward.services.database import Stored


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the audit log."""

    id: int
    at: datetime
    actor: str
    action: str
    target: str
    detail: Mapping[str, Any]


async def latest_changes(
    deps: Stored, which: ChangeFilter, *, before: int | None = None, limit: int = 100
) -> list[Change]:
    """The latest of these changes, the newest first: at most `limit` of those before entry `before`."""
    async with reading(deps.session_factory) as session:
        rows = await list_changes(session, which=which, before=before, limit=limit)
    return [_change(row) for row in rows]


def _change(row: AuditEntry) -> Change:
    return Change(row.id, row.at, row.actor, row.action, row.target, row.detail)
