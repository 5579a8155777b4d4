"""Statements about runs; the caller's transaction commits them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, union_all

from tgforward.db.base import REASON_LENGTH
from tgforward.db.batches import VARIABLES, batches
from tgforward.db.models import ForwardRun
from tgforward.db.pruning import prune_first
from tgforward.db.session import Session
from tgforward.types import AccountId, ConfigId

LATEST_AT_ONCE = 100
"""Configs of a statement; SQLite puts no more than 500 queries together."""


@dataclass(frozen=True, slots=True)
class NewRun:
    """A run that did something; those that found nothing are not recorded."""

    config_id: ConfigId
    account_id: AccountId
    started_at: datetime
    duration: timedelta
    history: int = 0
    live: int = 0
    skipped_by_reason: Mapping[str, int] = field(default_factory=dict)
    error: str | None = None


async def record_runs(session: Session, runs: Iterable[NewRun]) -> None:
    """Notes runs, in one statement."""
    rows = [_row(run) for run in runs]
    if rows:
        connection = await session.connection()
        await connection.execute(insert(ForwardRun), rows)


def _row(run: NewRun) -> dict[str, Any]:
    return {
        "config_id": run.config_id,
        "account_id": run.account_id,
        "started_at": run.started_at,
        "duration_ms": round(run.duration.total_seconds() * 1000),
        "history": run.history,
        "live": run.live,
        "skipped": sum(run.skipped_by_reason.values()),
        "skipped_by_reason": dict(run.skipped_by_reason),
        "error": run.error and run.error[:REASON_LENGTH],
    }


async def list_runs(
    session: Session, config_id: ConfigId | None = None, *, before: int | None = None, limit: int = 20
) -> Sequence[ForwardRun]:
    """The latest runs, of one config or all, the newest first; those before run `before` if that is given."""
    query = select(ForwardRun).order_by(ForwardRun.id.desc()).limit(limit)
    if config_id is not None:
        query = query.where(ForwardRun.config_id == config_id)
    if before is not None:
        query = query.where(ForwardRun.id < before)
    return (await session.scalars(query)).all()


async def list_latest_runs(
    session: Session, config_ids: Collection[ConfigId], *, each: int
) -> dict[ConfigId, list[ForwardRun]]:
    """The latest `each` runs of several configs, the newest first, in one statement for up to a hundred of them."""
    found: dict[ConfigId, list[ForwardRun]] = {}
    newest = select(ForwardRun.id).order_by(ForwardRun.id.desc()).limit(each)
    for some in batches(config_ids, variables=VARIABLES // LATEST_AT_ONCE):
        parts = [newest.where(ForwardRun.config_id == config_id).subquery() for config_id in some]
        numbers = union_all(*(select(part.c.id) for part in parts)).subquery()
        query = select(ForwardRun).join(numbers, numbers.c.id == ForwardRun.id).order_by(ForwardRun.id.desc())
        for run in await session.scalars(query):
            found.setdefault(run.config_id, []).append(run)
    return found


async def prune_runs(session: Session, before: datetime) -> int:
    """Removes some of the runs that began before a moment; how many, and 0 if none is left."""
    return await prune_first(session, ForwardRun.id, ForwardRun.started_at, before)
