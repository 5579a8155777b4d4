"""`tgforward health`: an exit code for whatever restarts what is not well."""

import asyncio
import sys
from typing import Annotated

import typer

from tgforward.cli.output import Json, show_json
from tgforward.services.health import Process, complaint_about
from tgforward.settings import load_settings

app = typer.Typer()


@app.command()
def health(
    process: Annotated[
        list[Process] | None,
        typer.Argument(metavar="[scheduler|worker|web]…", help="Which; default: scheduler and worker."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Exit code 0 if the processes on this host have given a sign of life lately (web: answer now), else 1."""
    complaints = asyncio.run(_ask(process or [Process.SCHEDULER, Process.WORKER]))
    if as_json:
        show_json({"is_healthy": not any(complaints.values()), "complaints": complaints})
    else:
        for complaint in filter(None, complaints.values()):
            print(f"error: {complaint}", file=sys.stderr)
    if any(complaints.values()):
        raise typer.Exit(1)


async def _ask(kinds: list[Process]) -> dict[str, str | None]:
    return {kind.value: await _complaint(kind) for kind in kinds}


async def _complaint(kind: Process) -> str | None:
    if kind is not Process.WEB:
        return await complaint_about(kind)
    from tgforward.web.alive import complaint_about_web  # the others are asked more often

    return await asyncio.to_thread(complaint_about_web, load_settings())
