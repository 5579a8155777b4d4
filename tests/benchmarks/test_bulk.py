"""The benchmark of documents, with few configs: what it applies must be true, how long it takes is no matter here."""

import json
import subprocess
import sys

from benchmarks.bulk.documents import DOCUMENTS, count_differences, make_document
from benchmarks.bulk.measuring import Findings
from benchmarks.bulk.report import make_report
from tests.compose import ROOT


def test_every_document_is_applied() -> None:
    """Each command does what its document says, to every config."""
    command = [sys.executable, "-m", "benchmarks.bulk", "--json", "--configs", "60", "--runs", "1"]
    process = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=100)
    assert process.stdout, process.stderr
    report = json.loads(process.stdout)
    bounds = {bound["name"]: bound for bound in report["bounds"]}
    assert bounds["wrong"]["figure"] == 0
    assert bounds.keys() == {"wrong", "export_s", *(f"{what}_s" for what in DOCUMENTS)}
    assert (process.returncode == 0) == all(bound["holds"] for bound in report["bounds"])


def test_a_figure_beyond_its_bound_is_broken() -> None:
    """The benchmark can fail: too slow, or a config is otherwise than its document says."""
    one, other = [make_document(3, DOCUMENTS[what]) for what in ("new", "changed")]
    assert (count_differences(one, one), count_differences(one, other)) == (0, 3)
    report = make_report(Findings({"new": [1, 11, 12]}, wrong=1), db="sqlite", configs=1, runs=3)
    assert [bound["holds"] for bound in report["bounds"]] == [False, False]
