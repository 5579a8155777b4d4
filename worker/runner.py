"""One lane's arq worker in this process's loop."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from arq.worker import func

from tgforward.queue.lag import LoopLag
from tgforward.queue.lane_worker import LaneWorker
from tgforward.queue.names import FUNCTION, STRAYS_FUNCTION, lane_queue
from tgforward.queue.wakes import Wakes
from tgforward.services.alert_chat import keep_writing
from tgforward.services.examination import FUNCTION as EXAMINE
from tgforward.services.inspection import FUNCTION as INSPECT
from tgforward.services.lags import FUNCTION as LAGS
from tgforward.services.lane import Lane
from tgforward.services.preview import FUNCTION as PREVIEW
from worker.jobs import examine_configs, finish_strays, forward_config_in_lane, inspect_chats, preview_config, tell_lags

POLL = timedelta(seconds=5)  # for a job that a stock client puts into a lane; 300 lanes that poll cost 1 % of a core

FUNCTIONS = (
    func(forward_config_in_lane, name=FUNCTION),
    func(finish_strays, name=STRAYS_FUNCTION),
    func(inspect_chats, name=INSPECT),
    func(preview_config, name=PREVIEW),
    func(examine_configs, name=EXAMINE),
    func(tell_lags, name=LAGS),
)


@dataclass(frozen=True, slots=True)
class Runner:
    """Works off one lane's queue."""

    worker: LaneWorker
    task: asyncio.Task[None]
    alerts: asyncio.Task[None]
    """Tells the operations chat, if this lane's account is the one that does."""

    @classmethod
    def start(cls, lane: Lane, lag: LoopLag, wakes: Wakes) -> "Runner":
        """Take over what a dead owner left, and work; `lag` is that of the loop."""
        settings, clock = lane.deps.settings, lane.deps.clock
        worker = LaneWorker(
            FUNCTIONS,
            redis_pool=lane.deps.redis,
            queue_name=lane_queue(lane.account_id),
            job_timeout=settings.job_timeout,
            max_jobs=settings.jobs_per_lane,
            ctx={"lane": lane},
            is_owner=lambda: clock.monotonic() < lane.deadline,
            may_claim=lambda: not lag.is_too_long(),
            wakes=wakes,
            poll_delay=POLL,
            metrics=lane.deps.metrics.jobs,
        )
        lane.on_pause = worker.pause
        lane.instant.start()
        return cls(worker, *(asyncio.create_task(part) for part in (worker.run_as_owner(), keep_writing(lane))))

    def is_running(self) -> bool:
        """False when its loop has ended without being told to."""
        return not self.task.done()

    async def stop(self, grace: timedelta) -> None:
        """Claim nothing more; what runs may end within `grace`, the rest is handed back."""
        self.alerts.cancel()
        await self.worker.drain(grace)
        await self.worker.close()
        self.task.cancel()
        await asyncio.gather(self.task, self.alerts, return_exceptions=True)
