"""The peers: each a process of its own with a Redis of its own, for one number of entries after the other."""

import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.chaos.stores import redis_server
from benchmarks.command import say
from benchmarks.peers import run_peer

PLACE = Path(__file__).parent
SCRIPTS = {"redbeat": "beat_peer.py", "celery": "beat_peer.py", "apscheduler": "apscheduler_peer.py"}
PEERS = tuple(SCRIPTS)
LOAD_S = 150
"""RedBeat takes a minute to store 100,000 entries."""


async def measure_peers(
    names: Sequence[str], entries: Sequence[int], interval_s: int, seconds: int
) -> dict[str, dict[int, Any]]:
    """What became of the entries' runs, by peer and number; `failed` says that one was not ready in time."""
    found: dict[str, dict[int, Any]] = {}
    for name in names:
        for number in entries:
            found.setdefault(name, {})[number] = await _measure(name, number, interval_s, seconds)
            say("schedule", f"{name} with {number} entries: {found[name][number]}")
    return found


async def _measure(name: str, entries: int, interval_s: int, seconds: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="tgf-schedule-") as directory:
        server = redis_server(Path(directory))
        await server.start()
        try:
            words = (name, Path(directory) / "redis.sock", entries, interval_s, seconds)
            limit_s = LOAD_S + interval_s + 2 * seconds
            return run_peer(PLACE / SCRIPTS[name], *words, timeout_s=limit_s)
        except subprocess.TimeoutExpired as error:
            return {"failed": str(error)}
        finally:
            await server.kill()
