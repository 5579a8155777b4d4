"""The life of the scheduler process: the ticker, and a worker for the chores."""

import asyncio
import sys
from datetime import timedelta
from typing import Any

import structlog

from scheduler.chores import CHORES
from tgforward.errors import TgforwardError
from tgforward.logs import configure_logging
from tgforward.metrics.endpoint import metrics_endpoint
from tgforward.queue.health import HealthKeys
from tgforward.queue.lag import LoopLag
from tgforward.queue.lane_worker import LaneWorker
from tgforward.queue.names import SCHEDULER_QUEUE
from tgforward.queue.shell import live
from tgforward.services.stock import take_stock
from tgforward.services.stores import Stores, open_stores
from tgforward.services.ticker import Ticker
from tgforward.settings import Settings

CHORE_TIMEOUT = timedelta(minutes=5)
CHORE_POLL = timedelta(milliseconds=500)
HEALTH_CHECK = timedelta(seconds=10)
LATE = timedelta(seconds=1)

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
        async with open_stores(settings) as deps:
            with metrics_endpoint(settings, deps.metrics, "scheduler") as address:
                await _live(deps, settings, ctx["health_keys"], is_measured=address is not None)
    except TgforwardError as error:  # a store went away in the moment since it was checked
        raise SystemExit(f"error: {error}") from error


async def _live(deps: Stores, settings: Settings, keys: HealthKeys, *, is_measured: bool) -> None:
    chores = LaneWorker(
        cron_jobs=CHORES,
        redis_pool=deps.redis,
        queue_name=SCHEDULER_QUEUE,
        job_timeout=CHORE_TIMEOUT,
        poll_delay=CHORE_POLL,
        ctx={"deps": deps},
        health_check=HEALTH_CHECK,
        health_keys=keys,
        metrics=deps.metrics.jobs,
    )
    parts = [Ticker(deps).run(), chores.async_run()]
    if settings.alert_webhook_url is not None:
        from tgforward.services.alert_webhook import keep_calling  # most schedulers do without an HTTP client

        parts.append(keep_calling(deps, settings.alert_webhook_url, settings.alert_webhook_token))
    if is_measured:
        parts += [take_stock(deps), LoopLag(LATE, deps.metrics.loop.woke_up).run()]
    tasks = [asyncio.create_task(part) for part in parts]
    log.info("scheduler_started")
    try:
        await live(tasks)
    finally:
        await chores.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        log.info("scheduler_stopped")
