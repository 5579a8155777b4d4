"""Maintenance, one small function each; running one twice does no harm."""

from datetime import timedelta
from typing import Any

from arq import cron

from tgforward.services.chores import forget_deliveries, prune

KEEP_RUNS = timedelta(days=30)


async def prune_runs(ctx: dict[str, Any]) -> None:
    """Remove run rows that are older than `KEEP_RUNS`."""
    await prune(ctx["deps"], KEEP_RUNS)


async def prune_deliveries(ctx: dict[str, Any]) -> None:
    """Remove what was sent long ago from the ledger, if the settings say for how long it is kept."""
    if (keep := ctx["deps"].settings.keep_deliveries) is not None:
        await forget_deliveries(ctx["deps"], keep)


CHORES = (cron(prune_runs, minute=17), cron(prune_deliveries, minute=47))
