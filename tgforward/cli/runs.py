"""`tgforward runs`: what was done lately."""

from typing import Any

import typer

from tgforward.cli.config_id import OfConfig
from tgforward.cli.output import Json, show_rows
from tgforward.cli.paging import Before, Limit, mention_more
from tgforward.cli.running import with_database
from tgforward.db.models.run import ForwardRun
from tgforward.services.run_records import latest_runs
from tgforward.types import ConfigId

app = typer.Typer()


@app.command()
def runs(
    config: OfConfig = None,
    before: Before = None,
    limit: Limit = 20,
    as_json: Json = False,
) -> None:
    """The latest runs that did something, the newest first."""
    config_id = None if config is None else ConfigId(config)
    found = with_database(lambda deps: latest_runs(deps, config_id, before=before, limit=limit))
    show_rows([_row(run) for run in found], as_json=as_json, empty="No run has done anything yet.")
    mention_more(found, limit, "--before")


def _row(run: ForwardRun) -> dict[str, Any]:
    return {
        "id": run.id,
        "config_id": run.config_id,
        "account_id": run.account_id,
        "started_at": run.started_at,
        "duration_ms": run.duration_ms,
        "history": run.history,
        "live": run.live,
        "skipped": run.skipped,
        "skipped_by_reason": run.skipped_by_reason,
        "error": run.error,
    }
