"""All ways in turns, each into an emptied Redis; every job is counted afterwards."""

import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.chaos.stores import redis_server
from benchmarks.enqueue.due_set import due_set
from benchmarks.enqueue.limit import pairs
from benchmarks.enqueue.timing import Taken
from benchmarks.enqueue.ways import again, arq, first, rq

Way = Callable[[Path, int], Awaitable[Taken]]
"""Empties the Redis behind a socket, and puts so many jobs into it."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured."""

    jobs: int
    arq_jobs: int
    rq_jobs: int
    """0: rq is left out."""
    runs: int

    def ways(self) -> dict[str, tuple[Way, int]]:
        """Each way with its number of jobs."""
        found: dict[str, tuple[Way, int]] = {
            "first": (first, self.jobs),
            "again": (again, self.jobs),
            "due_set": (due_set, self.jobs),
            "pairs": (pairs, self.jobs),
            "arq": (arq, self.arq_jobs),
        }
        return found | ({"rq": (rq, self.rq_jobs)} if self.rq_jobs else {})


@dataclass(slots=True)
class Findings:
    """What was taken by each way, run by run."""

    taken: dict[str, list[Taken]] = field(default_factory=dict)

    @property
    def lost(self) -> int:
        """Jobs that were not in their queues afterwards, of all ways."""
        return sum(one.jobs - one.queued for runs in self.taken.values() for one in runs)


async def measure(size: Size, say: Callable[[str], Any]) -> Findings:
    """Every way so many times."""
    findings = Findings()
    with tempfile.TemporaryDirectory(prefix="tgf-enqueue-") as name:
        directory = Path(name)
        server = redis_server(directory, keeps_file=False)
        await server.start()
        try:
            for _ in range(size.runs):
                for name_of_way, (way, jobs) in size.ways().items():
                    findings.taken.setdefault(name_of_way, []).append(await way(directory / "redis.sock", jobs))
                say(", ".join(f"{way} {runs[-1].per_s:.0f}/s" for way, runs in findings.taken.items()))
        finally:
            await server.kill()
    return findings
