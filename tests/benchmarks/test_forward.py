"""The benchmark of histories, with few messages: everything arrives in order, how fast is no matter here."""

import json
import subprocess
import sys

from benchmarks.forward.measuring import WAYS
from tests.compose import ROOT

SMALL = ("--messages", "120", "--runs", "1", "--json")


def test_every_way_forwards_the_same() -> None:
    """The whole history, in order, by ours and by the loops beside it."""
    command = [sys.executable, "-m", "benchmarks.forward", *SMALL]
    process = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert process.stdout, process.stderr
    report = json.loads(process.stdout)
    assert all(report["raw"][0][way]["is_in_order"] for way in WAYS)
    assert (process.returncode == 0) == all(bound["holds"] for bound in report["bounds"])
