"""The benchmark of enqueuing, with few jobs: every job is in its queue afterwards, how fast is no matter here."""

import json
import shutil
import subprocess
import sys

from benchmarks.enqueue.measuring import Findings, Size
from benchmarks.enqueue.report import make_report
from benchmarks.enqueue.timing import Taken
from tests.compose import ROOT
from tests.fixtures.needs import unavailable

SMALL = ("--jobs", "1200", "--arq-jobs", "100", "--no-rq", "--runs", "1", "--json")


def test_every_way_enqueues_every_job() -> None:
    """Ours, with first and with later slots, the set of due times, and stock arq."""
    if shutil.which("redis-benchmark") is None:
        unavailable("redis", "redis-benchmark is not installed")
    command = [sys.executable, "-m", "benchmarks.enqueue", *SMALL]
    process = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=100)
    assert process.stdout, process.stderr
    report = json.loads(process.stdout)
    assert {bound["name"]: bound["figure"] for bound in report["bounds"]}["lost"] == 0
    assert set(report["raw"]) == {"first", "again", "due_set", "pairs", "arq"}
    assert (process.returncode == 0) == all(bound["holds"] for bound in report["bounds"])


def test_a_figure_beyond_its_bound_is_broken() -> None:
    """The benchmark can fail: too slow beside each of the others, or a job is not in its queue."""
    slow, fast = Taken(10, 9, 1.0, 0.5), Taken(10, 10, 0.1, 0.05)
    ways = {"first": [fast], "again": [slow], "pairs": [fast], "arq": [slow], "rq": [slow]}
    report = make_report(Size(10, 10, 10, 1), Findings(ways))
    assert not any(bound["holds"] for bound in report["bounds"])
    assert report["again_redis_us"] == 50_000
