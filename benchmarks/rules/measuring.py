"""Every way over every kind of messages, several times, in turns."""

import gc
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.rules.corpus import make_pages
from benchmarks.rules.steps import EDITING, STEPS, Target
from benchmarks.rules.ways import Pages, Tally, Work, markdown_again, our_rules, patterns_in_a_loop, planning

WAYS: Mapping[str, Callable[[Pages], Work]] = {
    "plan": planning,
    "rules": our_rules,
    "markdown": markdown_again,
    "loop": patterns_in_a_loop,
}
CORPORA: Mapping[str, Sequence[int]] = {"no_match": (), "match": range(len(STEPS)), "edit": EDITING}
"""By name: the rules of which the next message matches the next one, and no other."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One way over one corpus."""

    us: list[float] = field(default_factory=list)
    """Microseconds of processor time for a message, by run."""
    tally: list[Tally] = field(default_factory=list)


Findings = dict[tuple[str, str], Measured]
"""By corpus and way."""


def measure(count: int, runs: int, seed: int, say: Callable[[str], Any]) -> Findings:
    """So many messages of each corpus, each way so many times; other processes do not count, but may disturb."""
    findings: Findings = {}
    for corpus, rules in CORPORA.items():
        pages = make_pages(count, [Target(rule) for rule in rules], seed=seed)
        work = {way: prepare(pages) for way, prepare in WAYS.items()}
        for run in range(1, runs + 1):
            for way in WAYS:
                _measure(findings.setdefault((corpus, way), Measured()), work[way], count)
            say(f"{corpus}, run {run}: " + ", ".join(f"{way} {findings[corpus, way].us[-1]:.1f} us" for way in WAYS))
    return findings


def _measure(measured: Measured, work: Work, count: int) -> None:
    gc.collect()
    before = time.process_time_ns()
    measured.tally.append(work())
    measured.us.append((time.process_time_ns() - before) / count / 1000)
