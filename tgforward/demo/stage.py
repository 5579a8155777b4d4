"""The demo's processes: the sandbox, the scheduler and the worker, each started by its own real command."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tgforward.errors import TgforwardError

READY_S = 30.0
END_S = 20.0


@asynccontextmanager
async def sandbox_process(directory: Path, world: str = "demo") -> AsyncIterator[dict[str, Any]]:
    """A sandbox in a process of its own; what it says of itself when it is ready."""
    command = [sys.executable, "-m", "tgforward", "sandbox", "serve", "--world", world, "--directory", str(directory)]
    async with child(command, os.environ, stdout=PIPE) as process:
        assert process.stdout is not None
        async with asyncio.timeout(READY_S):
            line = await process.stdout.readline()
        if not line:
            raise TgforwardError("the sandbox did not start: its own message stands above")
        yield json.loads(line)


@asynccontextmanager
async def child(
    command: list[str],
    environment: Mapping[str, str],
    *,
    stdout: int | None = None,
    stderr: Any = None,
    cwd: Path | None = None,
) -> AsyncIterator[Process]:
    """A process in a group of its own (Ctrl-C is this command's business), ended with SIGTERM."""
    process = await asyncio.create_subprocess_exec(
        *command, env=dict(environment), stdout=stdout, stderr=stderr, cwd=cwd, start_new_session=True
    )
    try:
        yield process
    finally:
        await _end(process)


def memory_mb(process: Process) -> float | None:
    """The most memory that the process has held at once, in MB; None where the system does not tell."""
    try:
        lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    except OSError:
        return None
    peak = next((line for line in lines if line.startswith("VmHWM:")), None)
    return None if peak is None else round(int(peak.split()[1]) / 1024, 1)


async def _end(process: Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(END_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
