"""Statements about runs; the caller's transaction commits them."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from tgforward.db.base import REASON_LENGTH
from tgforward.db.models import ForwardRun
from tgforward.db.session import Session
from tgforward.db.statements import execute
from tgforward.types import AccountId, ConfigId


async def record_run(
    session: Session,
    *,
    config_id: ConfigId,
    account_id: AccountId,
    started_at: datetime,
    duration: timedelta,
    history: int = 0,
    live: int = 0,
    skipped_by_reason: Mapping[str, int] | None = None,
    error: str | None = None,
) -> None:
    """Notes a run that did something; runs that found nothing are not recorded."""
    skipped = dict(skipped_by_reason or {})
    session.add(
        ForwardRun(
            config_id=config_id,
            account_id=account_id,
            started_at=started_at,
            duration_ms=round(duration.total_seconds() * 1000),
            history=history,
            live=live,
            skipped=sum(skipped.values()),
            skipped_by_reason=skipped,
            error=error and error[:REASON_LENGTH],
        )
    )
    await session.flush()


async def list_runs(session: Session, config_id: ConfigId | None = None, *, limit: int = 20) -> Sequence[ForwardRun]:
    """The latest runs, of one config or all, the newest first."""
    query = select(ForwardRun).order_by(ForwardRun.id.desc()).limit(limit)
    if config_id is not None:
        query = query.where(ForwardRun.config_id == config_id)
    return (await session.scalars(query)).all()


async def prune_runs(session: Session, before: datetime) -> int:
    """Removes runs that began before a moment; how many."""
    return await execute(session, delete(ForwardRun).where(ForwardRun.started_at < before))
