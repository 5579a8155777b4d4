"""The benchmark of a long history, with a short one: everything arrives although the worker is killed."""

import json
import subprocess
import sys

from benchmarks.history.measuring import Findings, Size
from benchmarks.history.report import make_report
from benchmarks.history.watching import Moment
from tests.compose import ROOT


def test_everything_arrives_although_the_worker_is_killed() -> None:
    """Once and in order; how fast, and in how much memory, is no matter here."""
    command = [sys.executable, "-m", "benchmarks.history", "--messages", "1500", "--db", "sqlite", "--edited", "--json"]
    process = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert process.stdout, process.stderr
    report = json.loads(process.stdout)
    assert [report[name] for name in ("arrived", "lost", "doubled", "misplaced")] == [1500, 0, 0, 0]
    assert report["worker_mb"] > 20
    assert (process.returncode == 0) == all(bound["holds"] for bound in report["bounds"])


def test_a_figure_beyond_its_bound_is_broken() -> None:
    """The benchmark can fail: a message lost, doubled or out of order, too much memory, no kill, an end by itself."""
    moments = [Moment(1, 0, 100, 0), Moment(2, 1, 100, 0), Moment(5, 9, 151, 0)]
    report = make_report(Size(10, 1, "sqlite"), Findings(moments, None, 5, 1, 1, 1, ("worker0",)))
    assert not any(bound["holds"] for bound in report["bounds"])
    assert (report["worker_mb"], report["longest_still_s"]) == (151, 3)


def test_memory_is_that_of_the_worst_life() -> None:
    """A killed worker's peak counts as much as that of the one that came after it."""
    moments = [Moment(1, 5, 140, 0), Moment(2, 10, 90, 1)]
    assert make_report(Size(10, 1, "sqlite"), Findings(moments, None, 5, 0, 0, 0, ()))["worker_mb"] == 140
