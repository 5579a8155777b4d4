"""Maintenance, one small function each; running one twice does no harm."""

from datetime import timedelta
from typing import Any

from arq import cron

from tgforward.services.chores import prune

KEEP_RUNS = timedelta(days=30)


async def prune_runs(ctx: dict[str, Any]) -> None:
    """Remove run rows that are older than `KEEP_RUNS`."""
    await prune(ctx["deps"], KEEP_RUNS)


CHORES = (cron(prune_runs, minute=17),)
