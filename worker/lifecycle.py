"""Start and end of the worker process: its dependencies, its lanes, and one arq worker per lane."""

import asyncio
import os
import socket
import sys
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import structlog
from arq.worker import func

from tgforward.logs import configure_logging
from tgforward.queue.lane_worker import LaneWorker
from tgforward.queue.names import FUNCTION, lane_queue
from tgforward.services.deps import open_deps
from tgforward.services.inspection import FUNCTION as INSPECT
from tgforward.services.lane import Lane
from tgforward.services.lanes import Lanes
from worker.jobs import Context, forward_config_in_lane, inspect_chats

GRACE = timedelta(seconds=5)  # a send that has begun is settled within this

log = structlog.get_logger()


async def startup(ctx: Context) -> None:
    """Open what the process needs and begin to own lanes."""
    settings = ctx["settings"]
    configure_logging(
        settings.log_level, settings.log_format, stream=sys.stderr
    )  # arq's command line has set up its own
    ctx["stack"] = stack = AsyncExitStack()
    ctx["deps"] = deps = await stack.enter_async_context(open_deps(settings))
    ctx["log"] = log
    lanes = Lanes(deps, _owner_name(), _LaneRunner.start)
    ctx["task"] = asyncio.create_task(lanes.run())
    stack.push_async_callback(lanes.close)
    log.info("worker_started", owner=lanes.owner)


async def shutdown(ctx: Context) -> None:
    """Hand back what runs, give up the lanes, close everything."""
    ctx["task"].cancel()
    with suppress(asyncio.CancelledError):
        await ctx["task"]
    await ctx["stack"].aclose()
    log.info("worker_stopped")


@dataclass(slots=True)
class _LaneRunner:
    """One lane's arq worker in this process's loop."""

    worker: LaneWorker
    task: asyncio.Task[Any]

    @classmethod
    async def start(cls, lane: Lane) -> "_LaneRunner":
        settings = lane.deps.settings
        worker = LaneWorker(
            [
                func(forward_config_in_lane, name=FUNCTION),
                func(inspect_chats, name=INSPECT),
            ],
            redis_pool=lane.deps.redis,
            queue_name=lane_queue(lane.account_id),
            job_timeout=settings.job_timeout,
            max_jobs=settings.jobs_per_lane,
            ctx={"lane": lane, "session_factory": lane.deps.session_factory},
        )
        return cls(worker, asyncio.create_task(worker.run_as_owner()))

    async def stop(self) -> None:
        await self.worker.drain(GRACE)
        await self.worker.close()
        await asyncio.gather(self.task, return_exceptions=True)


def _owner_name() -> str:
    return f"{socket.gethostname()}-{os.getpid()}-{uuid4().hex[:8]}"[:64]
