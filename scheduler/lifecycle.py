"""Start and end of the scheduler process."""

import asyncio
import sys
from contextlib import AsyncExitStack, suppress
from typing import Any

import structlog

from tgforward.logs import configure_logging
from tgforward.services.deps import open_deps
from tgforward.services.ticker import Ticker

log = structlog.get_logger()


async def startup(ctx: dict[str, Any]) -> None:
    """Open what the process needs and begin to tick."""
    settings = ctx["settings"]
    configure_logging(
        settings.log_level, settings.log_format, stream=sys.stderr
    )  # arq's command line has set up its own
    ctx["stack"] = stack = AsyncExitStack()
    ctx["deps"] = deps = await stack.enter_async_context(open_deps(settings))
    ctx["task"] = asyncio.create_task(Ticker(deps).run())
    log.info("scheduler_started")


async def shutdown(ctx: dict[str, Any]) -> None:
    """Stop ticking, close everything."""
    ctx["task"].cancel()
    with suppress(asyncio.CancelledError):
        await ctx["task"]
    await ctx["stack"].aclose()
    log.info("scheduler_stopped")
