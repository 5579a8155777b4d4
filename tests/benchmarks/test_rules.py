"""The benchmark of the rules, with few messages: what it counts must be true, how long it takes is no matter here."""

import json
import subprocess
import sys
from typing import Any

import pytest

from benchmarks.rules.corpus import make_pages
from benchmarks.rules.measuring import CORPORA, WAYS, Measured
from benchmarks.rules.report import make_report
from benchmarks.rules.steps import EDITING, STEPS, Target
from benchmarks.rules.ways import Tally
from tests.compose import ROOT
from tgforward.forwarding.entities import utf16_length

MESSAGES = 2000


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.rules", "--json", "--messages", str(MESSAGES), "--runs", "1"]
    process = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=100)
    assert process.stdout, process.stderr
    report: dict[str, Any] = json.loads(process.stdout)
    assert (process.returncode == 0) == all(bound["holds"] for bound in report["bounds"])
    return report


def test_every_way_does_the_same_work(found: dict[str, Any]) -> None:
    """All drop and change the same messages: each that matches a rule, and no other."""
    edited = MESSAGES * len(EDITING) // len(STEPS)
    dropped = {"no_match": 0, "match": MESSAGES - edited, "edit": 0}
    changed = {"no_match": 0, "match": edited, "edit": MESSAGES}
    assert found["dropped"] == {corpus: dict.fromkeys(WAYS, dropped[corpus]) for corpus in CORPORA}
    assert found["changed"] == {corpus: dict.fromkeys(WAYS, changed[corpus]) for corpus in CORPORA}


def test_every_figure_is_reported(found: dict[str, Any]) -> None:
    """Medians of each way, raw figures, ratios, and the two bounds that the project promises."""
    assert {f"{corpus}_{way}_us" for corpus in CORPORA for way in WAYS} <= found.keys()
    assert all(found[f"{corpus}_{way}_ratio"] > 0 for corpus in CORPORA for way in ("markdown", "loop"))
    assert {bound["name"]: bound["bound"] for bound in found["bounds"]} == {
        "no_match_plan_us": "<= 20",
        "match_plan_us": "<= 60",
        "edit_plan_us": "<= 60",
    }


def test_the_messages_are_the_same_for_the_same_seed() -> None:
    """Two runs measure the same work; their entities lie inside of their texts."""
    targets = [Target(rule) for rule in range(len(STEPS))]
    assert make_pages(300, targets, seed=3) == make_pages(300, targets, seed=3) != make_pages(300, targets, seed=4)
    contents = [message.content for page in make_pages(300, targets, seed=3) for message in page]
    assert all(entity.length > 0 for content in contents for entity in content.entities)
    assert all(entity.end <= utf16_length(content.text) for content in contents for entity in content.entities)


def test_a_figure_beyond_its_bound_is_broken() -> None:
    """The benchmark can fail."""
    findings = {(corpus, way): Measured([1.0, 90.0, 61.0], [Tally()]) for corpus in CORPORA for way in WAYS}
    assert [bound["holds"] for bound in make_report(findings, messages=1, runs=3, seed=1)["bounds"]] == [False] * 3
