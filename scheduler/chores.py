"""Maintenance, one small function each; running one twice does no harm."""

from datetime import timedelta
from typing import Any

from tgforward.services.chores import prune

KEEP_RUNS = timedelta(days=30)


async def prune_runs(ctx: dict[str, Any]) -> int:
    """Remove run rows that are older than `KEEP_RUNS`; answers how many."""
    return await prune(ctx["deps"], KEEP_RUNS)
