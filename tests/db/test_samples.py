"""What workers did in each span of time."""

from tgforward.db.samples import Sample, SpanTotals, load_spans, prune_samples, record_sample
from tgforward.db.session import SessionFactory, reading


async def test_the_processes_of_a_span_are_added_up(session_factory: SessionFactory) -> None:
    """Counts are sums, medians a mean, the 99th percentile that of the latest process; empty spans are absent."""
    samples = [
        Sample(100, "a", 10, 5, 1, 0, 2, 9),
        Sample(100, "b", 20, 7, 0, 1, 4, 30),
        Sample(102, "a", 0, 3, 0, 0, None, None),
        Sample(104, "a", 1, 1, 1, 1, 1, 1),
    ]
    async with session_factory.begin() as session:
        for sample in samples:
            await record_sample(session, sample)
    async with reading(session_factory) as session:
        found = await load_spans(session, 100, 103)
    assert found == [SpanTotals(100, 30, 12, 1, 1, 3.0, 30), SpanTotals(102, 0, 3, 0, 0, None, None)]


async def test_old_spans_are_pruned(session_factory: SessionFactory) -> None:
    """The one that is named stays."""
    async with session_factory.begin() as session:
        for span in (1, 2, 3):
            await record_sample(session, Sample(span, "a", 1, 1, 0, 0, 1, 1))
        assert await prune_samples(session, 2) == 1
        assert [totals.span for totals in await load_spans(session, 0, 9)] == [2, 3]
