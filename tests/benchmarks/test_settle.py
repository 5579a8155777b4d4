"""The benchmark of the bookkeeping, with few tasks: what is written must be the same, how fast is no matter here."""

import json
import shutil
import subprocess
import sys

import pytest

from benchmarks.settle.measuring import OURS, PEERS, Findings, Size
from benchmarks.settle.report import make_report
from tests.compose import ROOT
from tests.fixtures.needs import unavailable

SMALL = ("--tasks", "40", "--peer-tasks", "12", "--messages", "2", "--runs", "1", "--json")


@pytest.mark.parametrize("kind", ["sqlite", "mysql"])
def test_ours_and_the_peer_write_the_same(kind: str) -> None:
    """Every task of every way leaves its deliveries, its run and its cursor."""
    if kind == "mysql" and not shutil.which("mariadbd", path="/usr/sbin:/usr/bin:/usr/local/sbin"):
        unavailable("mariadb", "mariadbd is not installed")
    command = [sys.executable, "-m", "benchmarks.settle", "--db", kind, *SMALL]
    process = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=100)
    assert process.stdout, process.stderr
    report = json.loads(process.stdout)
    bounds = {bound["name"]: bound for bound in report["bounds"]}
    assert bounds["lost"]["figure"] == 0
    assert all(report[f"{way}_tasks_per_s"] > 0 for way in (*OURS, *PEERS[kind]))
    assert (process.returncode == 0) == all(bound["holds"] for bound in report["bounds"])


def test_a_figure_beyond_its_bound_is_broken() -> None:
    """The benchmark can fail: too slow, or something is missing."""
    findings = Findings({**{way: [700.0] for way in OURS}, "orm": [100.0]}, lost=1)
    report = make_report("mysql", Size(1, 1, 1, 1), findings)
    assert [bound["holds"] for bound in report["bounds"]] == [False, False]
    assert report["warm_ratio"] == 7
