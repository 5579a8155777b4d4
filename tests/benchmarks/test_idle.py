"""The benchmark of idle configs, with few of them: ticks ask the database nothing."""

import json
import shutil
import subprocess
import sys
from collections import Counter

import pytest

from benchmarks.idle.measuring import Size, Window, Windows
from benchmarks.idle.report import caused, make_report
from benchmarks.idle.statements import shape_of
from tests.compose import ROOT
from tests.fixtures.needs import unavailable

SMALL = ("--configs", "10", "--sources", "1", "--interval", "1", "--intervals", "1", "--json")
LOOK, LOAD = "SELECT a lease", "SELECT a config"


def test_ticks_ask_for_nothing() -> None:
    """Configs tick in real processes; how many statements the server was asked does not depend on them."""
    if not shutil.which("mariadbd", path="/usr/sbin:/usr/bin:/usr/local/sbin"):
        unavailable("mariadb", "mariadbd is not installed")
    command = [sys.executable, "-m", "benchmarks.idle", *SMALL]
    process = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert process.stdout, process.stderr
    report = json.loads(process.stdout)
    assert report["shared_ticks"] > report["shared_ticks_of_few"] > 0
    assert report["shared_statements"] > 0
    assert report["shared_queries_per_tick"] < 1
    assert report["shared_requests"] < report["shared_ticks"]
    assert (process.returncode == 0) == all(bound["holds"] for bound in report["bounds"])


def test_a_figure_beyond_its_bound_is_broken() -> None:
    """The benchmark can fail: no ticks, a statement for some of them, a request too many."""
    windows = Windows(Window({}, {}, {LOOK: 10}), Window({"done": 100}, {"probe": 2}, {LOOK: 11, LOAD: 4}))
    report = make_report([(Size(100, 100, 1, 1), windows), (Size(100, 1, 1, 1), windows)])
    assert [bound["figure"] for bound in report["bounds"]] == [0.6667, 0.04, 0.02, 0.6667, 0.04, 2.0]
    assert not any(bound["holds"] for bound in report["bounds"])


def test_timers_cause_nothing() -> None:
    """A look more or less is the clock's; what grows with the ticks is theirs."""
    windows = Windows(Window({}, {}, {LOOK: 100}), Window({}, {}, {LOOK: 110, LOAD: 40}))
    assert caused(windows) == Counter({LOAD: 40})
    more = Windows(Window({}, {}, {LOOK: 100}), Window({}, {}, {LOOK: 150}))
    assert caused(more) == Counter({LOOK: 50})


@pytest.mark.parametrize(
    ("statement", "shape"),
    [
        ("SELECT a FROM b\nWHERE c = 12 AND d = 'it''s \\'e'", "SELECT a FROM b WHERE c = ? AND d = ?"),
        ("SELECT a1 FROM b WHERE c IN (1, 2, 3)", "SELECT a1 FROM b WHERE c IN (?)"),
        ("INSERT INTO a VALUES (1, 'x'), (2, 'y')", "INSERT INTO a VALUES (?)"),
        ("COMMIT ", "COMMIT"),
    ],
)
def test_statements_without_their_values(statement: str, shape: str) -> None:
    """Those that differ in nothing else are the same one."""
    assert shape_of(statement) == shape
