"""The simulation: what it adds up must be true, and too much must show."""

from dataclasses import replace

import pytest

from benchmarks.simulate.arrivals import BIN_MS, World, slots_by_bin
from benchmarks.simulate.costs import Costs
from benchmarks.simulate.report import make_report
from benchmarks.simulate.server import simulate

WORLD = World(configs=20_000, accounts=50, sources=100, interval_s=20, instances=4)


def test_every_config_has_one_slot_in_one_redis() -> None:
    """Nothing is lost or counted twice by dealing it out, and no Redis is empty."""
    bins = slots_by_bin(WORLD)
    assert sum(map(sum, bins)) == WORLD.configs
    assert all(map(sum, bins))
    assert {len(one) for one in bins} == {20_000 // BIN_MS}


def test_claims_wait_for_what_came_before() -> None:
    """With a job a bin a claim waits for its own time alone; a burst waits for all that is before it."""
    costs = Costs(slot_redis_us=0, job_redis_us=1000)
    assert simulate([1] * 100, costs).p99_ms == 1
    assert simulate([100] + [0] * 99, costs).p99_ms == 100
    assert simulate([1] * 100, costs).utilisation == pytest.approx(0.1)


def test_an_overloaded_redis_shows() -> None:
    """More than one Redis can do breaks the bounds; on several it is borne."""
    costs = Costs(job_redis_us=1200)
    broken = make_report(replace(WORLD, instances=1), 0.01, costs)
    assert {bound["name"] for bound in broken["bounds"] if not bound["holds"]} == {"redis_busy", "redis_p99_ms"}
    borne = make_report(replace(WORLD, instances=4), 0.01, costs)
    assert borne["redis_busy"] < broken["redis_busy"] / 2


def test_too_many_sources_use_up_the_read_budget() -> None:
    """An account that must read more than its budget is said to."""
    report = make_report(replace(WORLD, accounts=1, sources=20_000), 0.01, Costs())
    assert report["read_budget_used"] > 1
