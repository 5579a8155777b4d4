"""A worker's metrics, written down for charts."""

import pytest

from tgforward.db.samples import Sample
from tgforward.metrics.process import make_metrics
from tgforward.metrics.totals import Totals, read_totals
from tgforward.queue.names import FUNCTION
from tgforward.services.sampling import make_sample, quantile_ms

INF = float("inf")


def test_the_counters_of_a_process_are_read() -> None:
    """Messages of every kind and reason are added up; only runs of configs count as runs."""
    metrics = make_metrics()
    metrics.messages.settled("live", 3, {"skip_word": 2}, {"gone": 1})
    metrics.messages.settled("history", 4, {"empty": 1}, {})
    metrics.jobs.begun("forward_config", 0.02)
    metrics.jobs.begun("inspect_chats", 9.0)
    found = read_totals(metrics.registry, FUNCTION)
    assert (found.sent, found.skipped, found.failed) == (7, 3, 1)
    assert (found.late[0.01], found.late[0.025], found.late[INF]) == (0, 1, 1)


def test_a_process_that_did_nothing_has_counted_nothing() -> None:
    """Two readings without anything between them are equal."""
    metrics = make_metrics()
    assert read_totals(metrics.registry, FUNCTION) == read_totals(metrics.registry, FUNCTION)


def test_a_sample_is_the_difference_of_two_readings() -> None:
    """Its lateness is that of the runs between them."""
    before = Totals(10, 1, 0, {0.01: 100, 0.1: 100, INF: 100})
    now = Totals(15, 3, 1, {0.01: 150, 0.1: 200, INF: 200})
    assert make_sample(7, "a", before, now) == Sample(7, "a", 100, 5, 2, 1, 10, 98)


@pytest.mark.parametrize(
    ("buckets", "part", "late_ms"),
    [
        ([], 0.5, None),
        ([(0.01, 0), (INF, 0)], 0.5, None),
        ([(0.01, 10), (INF, 10)], 0.5, 5),
        ([(0.01, 0), (0.02, 10), (INF, 10)], 0.5, 15),
        ([(0.01, 5), (0.02, 5), (INF, 10)], 0.99, 20),
    ],
)
def test_lateness_between_the_bounds(buckets: list[tuple[float, int]], part: float, late_ms: int | None) -> None:
    """In proportion between two bounds; beyond the last one that bound is all that is known."""
    assert quantile_ms(buckets, part) == late_ms
