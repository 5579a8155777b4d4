"""One lane in the hands of this process: from its claim until nothing of it runs any more."""

import asyncio
import math
from collections.abc import Callable
from datetime import timedelta
from typing import Protocol

import structlog

from tgforward.db.leases import Lease
from tgforward.services.lane import Lane

CLOSE_WITHIN = timedelta(seconds=8)  # beyond the grace; what hangs longer is left alone, and can send nothing

log = structlog.get_logger()


class LaneRunner(Protocol):
    """Works off one lane's queue until it is stopped."""

    def is_running(self) -> bool:
        """False when it has ended without being told to."""
        ...

    async def stop(self, grace: timedelta) -> None:
        """Claim nothing more; what runs may end within `grace`, the rest is handed back."""
        ...


class HeldLane:
    """A lane and its runner. `on_stopped` is told when both have ended: then the lease can be given back."""

    def __init__(self, lane: Lane, runner: LaneRunner, on_stopped: Callable[[], None]) -> None:
        self._lane = lane
        self._runner = runner
        self._on_stopped = on_stopped
        self._stopping: asyncio.Task[None] | None = None
        self._is_closed = False

    @property
    def lease(self) -> Lease:
        """What the database knows it by."""
        return Lease(self._lane.account_id, self._lane.token)

    @property
    def is_stopping(self) -> bool:
        """Whether it has been told to stop, or has stopped."""
        return self._stopping is not None

    @property
    def is_stopped(self) -> bool:
        """Whether nothing of it runs any more."""
        return self._stopping is not None and self._stopping.done()

    @property
    def has_failed(self) -> bool:
        """Whether its runner has ended by itself."""
        return not self.is_stopping and not self._runner.is_running()

    def has_expired(self, now: float) -> bool:
        """Whether the lease may have run out at `now` (monotonic)."""
        return self._lane.deadline <= now

    def extend(self, deadline: float) -> None:
        """The lease was renewed; a lane that has been closed stays so."""
        if not self._is_closed:
            self._lane.deadline = max(self._lane.deadline, deadline)

    def lose(self) -> None:
        """The account may belong to somebody else: send nothing from now on, and stop."""
        self._forbid()
        self.stop(timedelta(0))

    def stop(self, grace: timedelta) -> None:
        """Begin to stop; the lease must be renewed until `is_stopped`. Once is enough."""
        if self._stopping is None:
            self._stopping = asyncio.create_task(self._stop(grace))
            self._stopping.add_done_callback(lambda _: self._on_stopped())

    async def _stop(self, grace: timedelta) -> None:
        try:
            async with asyncio.timeout((grace + CLOSE_WITHIN).total_seconds()):
                await self._end(grace)
        except TimeoutError:
            log.error("lane_not_closed", account_id=self._lane.account_id, token=self._lane.token)

    async def _end(self, grace: timedelta) -> None:
        try:
            await self._runner.stop(grace)
        finally:
            self._forbid()
            await self._lane.close()

    def _forbid(self) -> None:
        self._is_closed = True
        self._lane.deadline = -math.inf
