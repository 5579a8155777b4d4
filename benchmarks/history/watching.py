"""Looking at a history on its way: how much has arrived, and what the worker's memory is."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from benchmarks.chaos.fleet import Fleet
from tgforward.demo.stage import memory_mb
from tgforward.sandbox.control_client import SandboxControl

LOOK_EVERY_S = 0.5
STALLED_S = 60.0  # if nothing arrives for so long, nothing will
RESTART_S = 0.5
TOLD_EVERY_S = 20.0


@dataclass(frozen=True, slots=True)
class Moment:
    """One look."""

    seconds: float
    """Since the processes were started."""
    arrived: int
    worker_mb: float
    """The most memory that the worker of this moment has held until then."""
    kills: int
    """How often the worker had been killed before."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What was said of the time that is left, once a quarter had arrived."""

    seconds: float
    left_s: float


@dataclass(slots=True)
class Watch:
    """Looks until everything has arrived, or nothing arrives any more; the kills are evenly spread over the history."""

    control: SandboxControl
    fleet: Fleet
    dest: str
    messages: int
    kills: int
    say: Callable[[str], None]
    left: Callable[[], Awaitable[float | None]]
    """How long it will go on, as the product says."""
    estimate: Estimate | None = None
    moments: list[Moment] = field(default_factory=list)
    _done: int = 0
    """Kills until now."""
    _started: float = field(default_factory=time.monotonic)
    _told: float = 0.0

    async def run(self) -> None:
        """To the end."""
        last_new, arrived = time.monotonic(), 0
        while arrived < self.messages and time.monotonic() - last_new < STALLED_S:
            await asyncio.sleep(LOOK_EVERY_S)
            before, arrived = arrived, await self._look()
            last_new = time.monotonic() if arrived > before else last_new
            if self.estimate is None and arrived * 4 >= self.messages:
                await self._ask()
            if self._done < self.kills and arrived * (self.kills + 1) >= self.messages * (self._done + 1):
                self._kill()

    async def _look(self) -> int:
        process, seconds = self.fleet.members[0].process, time.monotonic() - self._started
        arrived = (await self.control.sizes())[self.dest]
        memory = None if process is None else memory_mb(process)
        self.moments.append(Moment(seconds, arrived, memory or 0.0, self._done))
        if seconds - self._told > TOLD_EVERY_S:
            self._told = seconds
            self.say(f"{arrived} arrived, the worker has held {memory} MB")
        return arrived

    async def _ask(self) -> None:
        left_s = await self.left()
        if left_s is not None:
            self.estimate = Estimate(time.monotonic() - self._started, left_s)

    def _kill(self) -> None:
        self.say(f"the worker is killed with {self.moments[-1].arrived} arrived")
        self.fleet.kill(self.fleet.members[0], RESTART_S)
        self._done += 1
