"""The life of the scheduler process: the ticker, and a worker for the chores."""

import asyncio
import sys
from datetime import timedelta
from typing import Any

import structlog

from scheduler.chores import CHORES
from tgforward.errors import TgforwardError
from tgforward.logs import configure_logging
from tgforward.queue.lane_worker import LaneWorker
from tgforward.queue.names import SCHEDULER_QUEUE
from tgforward.queue.shell import live
from tgforward.services.deps import Deps, open_deps
from tgforward.services.ticker import Ticker

CHORE_TIMEOUT = timedelta(minutes=5)
CHORE_POLL = timedelta(milliseconds=500)
HEALTH_CHECK = timedelta(seconds=10)

log = structlog.get_logger()


async def startup(ctx: dict[str, Any]) -> None:
    """Live until a signal comes.

    Raises:
        CancelledError: it came; arq ends the process then.
    """
    settings = ctx["settings"]
    configure_logging(
        settings.log_level, settings.log_format, stream=sys.stderr
    )  # arq's command line has set up its own
    try:
        async with open_deps(settings) as deps:
            await _live(deps, ctx["health_check_key"])
    except TgforwardError as error:  # a store went away in the moment since it was checked
        raise SystemExit(f"error: {error}") from error


async def _live(deps: Deps, health_check_key: str) -> None:
    chores = LaneWorker(
        cron_jobs=CHORES,
        redis_pool=deps.redis,
        queue_name=SCHEDULER_QUEUE,
        job_timeout=CHORE_TIMEOUT,
        poll_delay=CHORE_POLL,
        ctx={"deps": deps},
        health_check=HEALTH_CHECK,
        health_check_key=health_check_key,
    )
    tasks = [asyncio.create_task(part) for part in (Ticker(deps).run(), chores.async_run())]
    log.info("scheduler_started")
    try:
        await live(tasks)
    finally:
        await chores.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        log.info("scheduler_stopped")
