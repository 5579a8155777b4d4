"""The life of the worker process: its lanes, one arq worker per lane, and one for arq's default queue."""

import asyncio
import os
import socket
import sys
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

import structlog

from tgforward.errors import TgforwardError
from tgforward.logs import configure_logging
from tgforward.metrics.endpoint import metrics_endpoint
from tgforward.queue.health import HealthKeys
from tgforward.queue.lag import LoopLag
from tgforward.queue.lane_worker import LaneWorker
from tgforward.queue.names import DEFAULT_QUEUE
from tgforward.queue.shell import live
from tgforward.queue.wakes import Wakes
from tgforward.services.deps import Deps, open_deps
from tgforward.services.lanes import TIME_TO_LIVE, Lanes
from tgforward.services.sampling import keep_sampling
from tgforward.services.stretches import keep_telling_stretches
from worker.jobs import Context, forward_config
from worker.runner import Runner

HEALTH_CHECK = timedelta(seconds=10)
ROUTING_GRACE = timedelta(seconds=1)  # a routed job is a question to the database and one to Redis

log = structlog.get_logger()


async def startup(ctx: Context) -> None:
    """Live until a signal comes.

    Raises:
        CancelledError: it came, and all lanes were given back; arq ends the process then.
    """
    settings = ctx["settings"]
    configure_logging(
        settings.log_level, settings.log_format, stream=sys.stderr
    )  # arq's command line has set up its own
    try:
        async with open_deps(settings) as deps:
            with metrics_endpoint(settings, deps.metrics, "worker"):
                await _Process.make(deps, ctx["health_keys"]).live()
    except TgforwardError as error:  # a store went away in the moment since it was checked
        raise SystemExit(f"error: {error}") from error


@dataclass(frozen=True, slots=True)
class _Process:
    lag: LoopLag
    wakes: Wakes
    lanes: Lanes
    router: LaneWorker

    @classmethod
    def make(cls, deps: Deps, keys: HealthKeys) -> "_Process":
        lag, wakes = LoopLag(TIME_TO_LIVE / 2, deps.metrics.loop.woke_up), Wakes(deps.redis)
        router = LaneWorker(
            [forward_config],
            redis_pool=deps.redis,
            queue_name=DEFAULT_QUEUE,
            job_timeout=deps.settings.job_timeout,
            ctx={"deps": deps, "log": log},
            may_claim=lambda: not lag.is_too_long(),
            wakes=wakes,
            metrics=deps.metrics.jobs,
            health_check=HEALTH_CHECK,
            health_keys=keys,
        )
        lanes = Lanes(deps, _owner_name(), lambda lane: Runner.start(lane, lag, wakes))
        return cls(lag, wakes, lanes, router)

    async def live(self) -> None:
        deps = self.lanes.deps
        telling = (keep_sampling(deps, self.lanes.owner), keep_telling_stretches(deps))
        parts = (self.lag.run(), self.wakes.run(), self.lanes.run(), self.router.async_run(), *telling)
        tasks = [asyncio.create_task(part) for part in parts]
        log.info("worker_started", owner=self.lanes.owner)
        try:
            await live(tasks)
        finally:
            await self._end(tasks)

    async def _end(self, tasks: list[asyncio.Task[None]]) -> None:
        """Claim nothing more, let what has begun settle, hand back the rest and give up the lanes."""
        log.info("worker_ending", owner=self.lanes.owner)
        await asyncio.gather(self._end_routing(), self.lanes.close())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        log.info("worker_stopped", owner=self.lanes.owner)

    async def _end_routing(self) -> None:
        await self.router.drain(ROUTING_GRACE)
        await self.router.close()


def _owner_name() -> str:
    return f"{socket.gethostname()[:40]}-{os.getpid()}-{uuid4().hex[:8]}"
