"""Alembic's commands, run as people run them."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tgforward.db.engine import create_engine
from tgforward.db.migrate import make_config

ROOT = Path(__file__).parents[2]


def alembic(
    url: str, *arguments: str, cwd: Path = ROOT, succeeds: bool = True, program: tuple[str, ...] = ("-m", "alembic")
) -> str:
    """What the command line printed; it runs in the checkout, as its own process."""
    done = subprocess.run(
        [sys.executable, "-W", "error", *program, *arguments],
        cwd=cwd,
        env={**os.environ, "DB_URL": url, "TZ": "Asia/Shanghai"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    said = done.stdout + done.stderr
    assert (done.returncode == 0) == succeeds, said
    return said


async def alembic_here(url: str, command: Callable[..., object], *arguments: str) -> None:
    """Runs a command in this process, which is quicker."""
    config = make_config()
    config.attributes["connection"] = create_engine(url)
    await asyncio.to_thread(command, config, *arguments)


def run_at_once(times: int, *arguments: str) -> list[str]:
    """What as many Python processes printed that were started together and ended well."""
    started = [
        subprocess.Popen(
            [sys.executable, "-W", "error", *arguments],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for _ in range(times)
    ]
    said = [process.communicate(timeout=100)[0] for process in started]
    assert [process.returncode for process in started] == [0] * times, said
    return said
