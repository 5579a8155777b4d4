"""Every command in a process of its own, from its start to its end."""

import asyncio
import json
import os
import sys
import tempfile
import time
from asyncio.subprocess import PIPE
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.bulk.documents import DOCUMENTS, count_differences, make_document
from benchmarks.settle.databases import databases

EXPECTED = {"new": "added", "alike": "changed", "changed": "changed"}


@dataclass(slots=True)
class Findings:
    """Seconds of each command, by run."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    wrong: int = 0
    """Configs that were not added, changed or exported as the document says."""


async def measure(kind: str, count: int, runs: int, say: Callable[[str], Any]) -> Findings:
    """Export and every document, so many times, each time on a new database."""
    findings = Findings()
    with tempfile.TemporaryDirectory(prefix="tgforward-bulk-") as name:
        directory = Path(name)
        async with databases(kind, directory) as made:
            for _ in range(runs):
                await _measure_once(await made.make(0), directory, count, findings)
                say(", ".join(f"{what} {figures[-1]:.1f} s" for what, figures in findings.seconds.items()))
    return findings


async def _measure_once(url: str, directory: Path, count: int, findings: Findings) -> None:
    path = directory / "configs.yaml"
    for what, change in DOCUMENTS.items():
        path.write_text(text := make_document(count, change))
        answer = json.loads(await _time(findings, what, url, "apply", "-f", str(path), "--yes", "--json"))
        done = {key: len(answer[key]) for key in ("added", "changed", "removed") if answer[key]}
        findings.wrong += done != ({EXPECTED[what]: count} if what in EXPECTED else {})
    findings.wrong += count_differences(text, await _time(findings, "export", url, "export"))


async def _time(findings: Findings, what: str, url: str, *words: str) -> str:
    environment = os.environ | {"DB_URL": url}
    started = time.perf_counter()
    command = [sys.executable, "-m", "tgforward", "config", *words]
    process = await asyncio.create_subprocess_exec(*command, env=environment, stdout=PIPE)
    output, _ = await process.communicate()
    findings.seconds.setdefault(what, []).append(time.perf_counter() - started)
    if process.returncode:
        raise RuntimeError(f"tgforward config {words[0]} ended with code {process.returncode}")
    return output.decode()
