"""`tgforward scheduler`, `worker` and `up`: the same processes that `python -m arq` starts."""

import asyncio
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from tgforward.logs import configure_logging
from tgforward.services.supervision import supervise
from tgforward.settings import load_settings

app = typer.Typer()

SCHEDULER = "scheduler.SchedulerSettings"
WORKER = "worker.WorkerSettings"


@app.command()
def scheduler() -> None:
    """Turn time into jobs; several may run."""
    _become(SCHEDULER)


@app.command()
def worker() -> None:
    """Turn jobs into messages; several may run."""
    _become(WORKER)


@app.command()
def up(
    web: Annotated[bool, typer.Option(help="Serve the web console too, at TGFORWARD_WEB_HOST and _PORT.")] = True,
) -> None:
    """Run scheduler, worker and web console on this machine until Ctrl-C."""
    settings = load_settings()
    configure_logging(settings.log_level, settings.log_format, stream=sys.stderr)
    commands = {"scheduler": arq_command(SCHEDULER), "worker": arq_command(WORKER)}
    if web:
        commands["web"] = web_command()
    asyncio.run(supervise(settings, commands, process_environment(), spare={"web"}))


def arq_command(settings_class: str) -> list[str]:
    """How to start one of the processes."""
    return [sys.executable, "-m", "arq", settings_class]


def web_command() -> list[str]:
    """How to start the web console."""
    return [sys.executable, "-m", "tgforward", "web"]


def process_environment() -> dict[str, str]:
    """This environment, with this installation first on the path: another `worker` package must not win."""
    root = str(Path(__file__).resolve().parents[2])
    rest = os.environ.get("PYTHONPATH")
    return {**os.environ, "PYTHONPATH": f"{root}{os.pathsep}{rest}" if rest else root}


def _become(settings_class: str) -> None:
    command = arq_command(settings_class)
    os.execve(command[0], command, process_environment())  # noqa: S606  # no shell: our own interpreter
