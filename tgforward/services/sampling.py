"""A worker's metrics, written down every 20 seconds for the charts of the console."""

import asyncio
from collections.abc import Sequence
from itertools import pairwise

import structlog

from tgforward.db.models.sample import SPAN_S
from tgforward.db.samples import Sample, record_sample
from tgforward.db.transaction import in_transaction
from tgforward.errors import DatabaseError
from tgforward.metrics.totals import Totals, read_totals
from tgforward.queue.names import FUNCTION
from tgforward.services.deps import Deps

WRITE_WITHIN_S = 5.0  # a chart is worth no longer wait

log = structlog.get_logger(__name__)


async def keep_sampling(deps: Deps, owner: str) -> None:
    """Write a sample at the end of each span until cancelled; a database that is away makes a gap."""
    before = read_totals(deps.metrics.registry, FUNCTION)
    while True:
        span = _span(deps)
        await asyncio.sleep((span + 1) * SPAN_S - deps.clock.now().timestamp())
        now = read_totals(deps.metrics.registry, FUNCTION)
        if now != before:
            await _write(deps, make_sample(span, owner, before, now))
        before = now


def make_sample(span: int, owner: str, before: Totals, now: Totals) -> Sample:
    """What happened between two readings."""
    late = [(bound, count - before.late.get(bound, 0)) for bound, count in sorted(now.late.items())]
    runs = late[-1][1] if late else 0
    return Sample(
        span=span,
        owner=owner,
        runs=runs,
        sent=now.sent - before.sent,
        skipped=now.skipped - before.skipped,
        failed=now.failed - before.failed,
        late_p50_ms=quantile_ms(late, 0.5),
        late_p99_ms=quantile_ms(late, 0.99),
    )


def quantile_ms(buckets: Sequence[tuple[float, int]], part: float) -> int | None:
    """The lateness that `part` of the runs did not exceed, in between the bounds as Prometheus reckons it.

    Beyond the last finite bound nothing is known but that bound; None where nothing ran.
    """
    if not buckets or not buckets[-1][1]:
        return None
    rank = part * buckets[-1][1]
    for (low, below), (high, count) in pairwise([(0.0, 0), *buckets]):
        if count >= rank and count > below:
            is_last = high == float("inf")
            return round(1000 * (low if is_last else low + (high - low) * (rank - below) / (count - below)))
    return None


async def _write(deps: Deps, sample: Sample) -> None:
    try:
        async with asyncio.timeout(WRITE_WITHIN_S):
            await in_transaction(deps.session_factory, lambda session: record_sample(session, sample))
    except (DatabaseError, TimeoutError) as error:
        log.debug("sample_not_written", error=type(error).__name__)


def _span(deps: Deps) -> int:
    return int(deps.clock.now().timestamp()) // SPAN_S
