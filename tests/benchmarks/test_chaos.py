"""The crash test, small enough for every submission, and the proof that it can fail."""

import json
import random
import subprocess
import sys
from typing import Any

import pytest

from tests.compose import ROOT

SMALL = ("--messages", "250", "--kills", "4", "--accounts", "3", "--workers", "2", "--schedulers", "2")
ZEROS = ("lost", "doubled", "out_of_order", "cut_albums", "unexpected", "sessions_used_twice", "flood_violations")


def run_chaos(*options: str) -> dict[str, Any]:
    """What the crash test found."""
    command = [sys.executable, "-m", "benchmarks.chaos", *SMALL, "--no-stock-arq", "--json", *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=110, check=False)
    assert done.stdout, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("seed", [7, random.SystemRandom().randrange(10**6)], ids=["fixed seed", "fresh seed"])
def test_nothing_is_lost_doubled_or_reordered(seed: int) -> None:
    """Whatever is killed, stopped, cut and emptied: everything arrives once and in order."""
    found = run_chaos("--db", "sqlite", "--seed", str(seed))
    assert {name: found[name] for name in ZEROS} == dict.fromkeys(ZEROS, 0), f"replay with --seed {seed}: {found}"
    assert found["forwarded"] == found["expected"] > 0


def test_random_ids_by_chance_are_noticed() -> None:
    """With ids that change at every attempt the crash test reports doubled messages."""
    assert run_chaos("--db", "sqlite", "--seed", "7", "--sabotage", "random_ids")["doubled"] > 0
