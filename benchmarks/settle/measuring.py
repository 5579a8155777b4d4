"""Ours and the peer in turns, each in a process of its own on a database of its own."""

import asyncio
import json
import sys
import tempfile
from asyncio.subprocess import PIPE
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.chaos.stores import redis_server
from benchmarks.settle.databases import Databases, databases, look

OURS = ("cold", "warm", "queued")
PEERS = {"mysql": ("orm",), "sqlite": ("orm", "orm_wal")}
"""`orm` on SQLite's default journal, as an ordinary program leaves it."""
PEER_JOBS = 10  # arq's default; 50 were no faster on MariaDB and slower on SQLite


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured."""

    tasks: int
    peer_tasks: int
    messages: int
    """Deliveries of each task."""
    runs: int


@dataclass(slots=True)
class Findings:
    """Tasks per second of each way, by run."""

    per_s: dict[str, list[float]] = field(default_factory=dict)
    lost: int = 0
    """Rows that are missing in the end, of all ways."""

    def add(self, way: str, tasks: int, seconds: float) -> None:
        """One more run."""
        self.per_s.setdefault(way, []).append(tasks / seconds)


async def measure(kind: str, size: Size, say: Callable[[str], Any]) -> Findings:
    """Every way so many times; what is written is counted."""
    findings = Findings()
    with tempfile.TemporaryDirectory(prefix="tgforward-settle-") as name:
        directory = Path(name)
        redis = redis_server(directory)
        await redis.start()
        try:
            async with databases(kind, directory) as made:
                for _ in range(size.runs):
                    await _measure_ours(made, size, findings)
                    for peer in PEERS[kind]:
                        await _measure_peer(made, size, findings, peer)
                    say(", ".join(f"{way} {figures[-1]:.0f}/s" for way, figures in findings.per_s.items()))
        finally:
            await redis.kill()
    return findings


async def _measure_ours(made: Databases, size: Size, findings: Findings) -> None:
    url = await made.make(size.tasks)
    answer = await _run("ours", url, made.directory, size.tasks, size.messages)
    for way in OURS:
        findings.add(way, size.tasks, answer[way])
    await _count(url, size.tasks, size.tasks * len(OURS), size.messages, findings)


async def _measure_peer(made: Databases, size: Size, findings: Findings, way: str) -> None:
    wal = way.endswith("wal")
    url = await made.make(size.peer_tasks, wal=wal)
    answer = await _run("orm_worker", url, made.directory, size.peer_tasks, size.messages, PEER_JOBS)
    findings.add(way, answer["done"], answer["seconds"])
    await _count(url, size.peer_tasks, size.peer_tasks, size.messages, findings)


async def _count(url: str, configs: int, tasks: int, messages: int, findings: Findings) -> None:
    written = await look(url)
    findings.lost += tasks * messages - written.sent + tasks - written.runs + configs - written.moved


async def _run(module: str, url: str, directory: Path, *numbers: int) -> dict[str, Any]:
    """What a program prints in the last line of its output, as JSON."""
    command = [sys.executable, "-m", f"benchmarks.settle.{module}", url, str(directory / "redis.sock")]
    process = await asyncio.create_subprocess_exec(*command, *map(str, numbers), stdout=PIPE)
    output, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"benchmarks.settle.{module} ended with code {process.returncode}")
    answer: dict[str, Any] = json.loads(output.splitlines()[-1])
    return answer
