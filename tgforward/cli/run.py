"""`tgforward run`: some configs, now."""

import asyncio
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from tgforward.cli.output import Json, show_rows
from tgforward.cli.running import with_deps
from tgforward.db.models.config import TGForwardConfig
from tgforward.queue.depth import is_pending
from tgforward.services.deps import Deps
from tgforward.services.enqueuing import enqueue
from tgforward.services.histories import messages_done
from tgforward.services.known_configs import require_config
from tgforward.types import ConfigId

app = typer.Typer()

LOOK_EVERY_S = 0.2


@app.command()
def run(
    config_ids: Annotated[list[int], typer.Argument(metavar="CONFIG_ID…", help="Numbers of configs.")],
    wait: Annotated[bool, typer.Option("--wait", help="Stay until they have run, history included.")] = False,
    as_json: Json = False,
) -> None:
    """Enqueue configs now, whatever their interval; a worker must be running."""
    rows = with_deps(lambda deps: _run(deps, config_ids, wait=wait))
    show_rows(rows, as_json=as_json, empty="nothing to run")


async def _run(deps: Deps, config_ids: list[int], *, wait: bool) -> list[dict[str, object]]:
    before = {config_id: await require_config(deps, ConfigId(config_id)) for config_id in config_ids}
    enqueued = await enqueue(deps, *config_ids)
    if not wait:
        return [{"id": item.config_id, "enqueued": item.is_new} for item in enqueued]
    with _progress() as progress:
        await asyncio.gather(*(_follow(deps, progress, ConfigId(config_id)) for config_id in before))
    return [_result(row, await require_config(deps, row.id)) for row in before.values()]


async def _follow(deps: Deps, progress: Progress, config_id: ConfigId) -> None:
    """Move the config's bar until no job of it waits or runs any more."""
    bar = progress.add_task(f"config {config_id}", total=None)
    while True:
        is_running = await is_pending(deps.redis, config_id)
        _move(progress, bar, await require_config(deps, config_id))
        if not is_running:
            return
        await asyncio.sleep(LOOK_EVERY_S)


def _move(progress: Progress, bar: TaskID, row: TGForwardConfig) -> None:
    if row.history_total:
        progress.update(bar, total=row.history_total, completed=messages_done(row))


def _progress() -> Progress:
    console = Console(stderr=True)
    times = (TimeElapsedColumn(), TimeRemainingColumn())
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), *times)
    return Progress(*columns, console=console, disable=not console.is_terminal)


def _result(before: TGForwardConfig, after: TGForwardConfig) -> dict[str, object]:
    return {
        "id": after.id,
        "state": after.state,
        "history": after.history_forwarded - before.history_forwarded,
        "live": after.live_forwarded - before.live_forwarded,
        "skipped": after.skipped - before.skipped,
        "reason": after.state_reason,
    }
