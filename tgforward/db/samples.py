"""Statements about what workers did in each span of time; the caller's transaction commits them."""

from dataclasses import asdict, dataclass
from typing import NamedTuple

from sqlalchemy import delete, func, select

from tgforward.db.models.sample import WorkerSample
from tgforward.db.session import Session
from tgforward.db.statements import execute


@dataclass(frozen=True, slots=True)
class Sample:
    """What one process did in one span."""

    span: int
    owner: str
    runs: int
    sent: int
    skipped: int
    failed: int
    late_p50_ms: int | None
    late_p99_ms: int | None


class SpanTotals(NamedTuple):
    """What all processes did in one span."""

    span: int
    runs: int
    sent: int
    skipped: int
    failed: int
    late_p50_ms: float | None
    """Mean of the processes' medians."""
    late_p99_ms: int | None
    """That of the latest process."""


async def record_sample(session: Session, sample: Sample) -> None:
    """Stores one sample; a process has one per span."""
    session.add(WorkerSample(**asdict(sample)))
    await session.flush()


async def load_spans(session: Session, first: int, last: int) -> list[SpanTotals]:
    """The totals of the spans `first` to `last`, in order of time; those in which nobody did anything are absent."""
    columns = (
        func.sum(WorkerSample.runs),
        func.sum(WorkerSample.sent),
        func.sum(WorkerSample.skipped),
        func.sum(WorkerSample.failed),
        func.avg(WorkerSample.late_p50_ms),
        func.max(WorkerSample.late_p99_ms),
    )
    query = select(WorkerSample.span, *columns).where(WorkerSample.span.between(first, last))
    rows = await session.execute(query.group_by(WorkerSample.span).order_by(WorkerSample.span))
    return [
        SpanTotals(span, int(runs), int(sent), int(skipped), int(failed), _float(p50), p99)
        for span, runs, sent, skipped, failed, p50, p99 in rows
    ]


async def prune_samples(session: Session, before: int) -> int:
    """Removes samples of spans before this one; how many."""
    return await execute(session, delete(WorkerSample).where(WorkerSample.span < before))


def _float(value: object) -> float | None:
    return None if value is None else float(str(value))
