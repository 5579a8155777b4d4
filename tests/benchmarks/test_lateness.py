"""The benchmark of the schedule, with few configs: every slot comes once, how late is no matter here."""

import json
import subprocess
import sys

from benchmarks.schedule.lateness import Lateness, percentiles
from benchmarks.schedule.measuring import Found, Size
from benchmarks.schedule.report import make_report
from tests.compose import ROOT
from tgforward.forwarding.slots import next_slot
from tgforward.types import ConfigId

SMALL = ("--configs", "300", "--interval", "1", "--seconds", "3", "--runs", "1", "--db", "sqlite", "--json")
INTERVAL_MS = 1000


def test_every_slot_comes_once() -> None:
    """The real scheduler misses no slot and doubles none; what is resumed comes before the next slots do."""
    command = [sys.executable, "-m", "benchmarks.schedule", *SMALL]
    process = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=100)
    assert process.stdout, process.stderr
    report = json.loads(process.stdout)
    assert [report[name] for name in ("slots", "doubled", "missed")] == [900, 0, 0]
    assert (process.returncode == 0) == all(bound["holds"] for bound in report["bounds"])


def test_doubled_and_missed_slots_are_noticed() -> None:
    """A slot that comes again is doubled, one that does not come is missed; others count with their lateness."""
    lateness = Lateness(2)
    lateness.open(10_000, 12_000)
    first = next_slot(ConfigId(1), INTERVAL_MS, 9_999)
    lateness.add([(1, first), (1, first), (3, 10_500)], first + 7)
    assert list(lateness.late_ms) == [7]
    assert (lateness.doubled, lateness.missed(INTERVAL_MS)) == (1, 3)
    assert lateness.came_at_ms == {3: first + 7}


def test_a_figure_beyond_its_bound_is_broken() -> None:
    """The benchmark can fail, in everything that it promises."""
    late = percentiles([300.0] * 100)
    bad = Found(100, late, 1, 1, load_s=3, edits_s=[2], scheduler_cores=1, scheduler_mb=200, redis_cores=1, redis_mb=1)
    for configs in (100_000, 1_000_000):
        report = make_report(Size(configs, 20, 60, 1, "mysql"), [bad], {"redbeat": {1000: {"p99_ms": 7}}})
        assert not any(bound["holds"] for bound in report["bounds"])
        assert report["redbeat_1000_p99_ms"] == 7
