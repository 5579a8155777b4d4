"""The benchmark of instant configs, with few posts: everything arrives, how fast is no matter here."""

import json
import subprocess
import sys

from benchmarks.live.measuring import Arrivals, Size
from benchmarks.live.report import make_report
from tests.compose import ROOT

SMALL = ("--messages", "12", "--rate", "6", "--runs", "1", "--db", "sqlite", "--json")


def test_everything_arrives_once_and_in_order() -> None:
    """Ours and the peer hear of the same posts."""
    command = [sys.executable, "-m", "benchmarks.live", *SMALL]
    process = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert process.stdout, process.stderr
    report = json.loads(process.stdout)
    assert [report[f"ours_{fault}"] for fault in ("lost", "doubled", "misplaced")] == [0, 0, 0]
    assert len(report["raw_late_ms"][0]["peer"]) == 12
    assert (process.returncode == 0) == all(bound["holds"] for bound in report["bounds"])


def test_a_figure_beyond_its_bound_is_broken() -> None:
    """The benchmark can fail: late, lost, doubled or out of order."""
    bad = Arrivals(late_ms=[21.0, 101.0], lost=1, doubled=1, misplaced=1)
    report = make_report(Size(2, 1, 0, 1, "sqlite"), [{"ours": bad, "peer": bad}])
    assert not any(bound["holds"] for bound in report["bounds"])
