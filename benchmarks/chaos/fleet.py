"""The product's processes: started by their own commands, started again when they end, and meant to be killed."""

import asyncio
import os
import re
import signal
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

READY_S = 2.5  # a process has started and works after about so long
END_S = 20.0
RESTART_S = 0.5


class Role(StrEnum):
    """What a process does."""

    WORKER = "worker"
    SCHEDULER = "scheduler"


@dataclass(eq=False, slots=True)
class Member:
    """One place in the fleet and the process that fills it now."""

    name: str
    role: Role
    command: Sequence[str]
    process: Process | None = None
    started_at: float = 0.0
    log_start: int = 0
    """Where the process's own lines begin in the log of its place."""
    is_frozen: bool = False
    is_ending: bool = False
    """The test has ended the process itself."""
    restart_s: float = RESTART_S

    @property
    def pid(self) -> int | None:
        """The living process."""
        return self.process.pid if self.process is not None and self.process.returncode is None else None

    def is_ready(self, now: float) -> bool:
        """Whether the process can be expected to work."""
        return self.pid is not None and not self.is_frozen and not self.is_ending and now - self.started_at > READY_S

    def signal(self, number: signal.Signals) -> None:
        """Send a signal, unless the process has ended."""
        if self.process is not None and self.process.returncode is None:
            with suppress(ProcessLookupError):
                self.process.send_signal(number)


@dataclass(slots=True)
class Fleet:
    """All workers and schedulers; `ended` names those that ended by themselves, which none may."""

    directory: Path
    environment: Mapping[str, str]
    members: list[Member]
    ended: list[str] = field(default_factory=list)
    stores_up: asyncio.Event = field(default_factory=asyncio.Event)
    """Nothing is started while a store is away: a process that cannot start says so and ends."""
    outage_at: float = 0.0
    _keepers: list[asyncio.Task[None]] = field(default_factory=list)
    _closing: asyncio.Event = field(default_factory=asyncio.Event)

    def start(self) -> None:
        """Start everything."""
        self.stores_up.set()
        self._keepers = [asyncio.create_task(self._keep(member)) for member in self.members]

    def ready(self, role: Role) -> list[Member]:
        """Those that can be expected to work now."""
        now = asyncio.get_running_loop().time()
        return [member for member in self.members if member.role is role and member.is_ready(now)]

    def find(self, pids: Collection[int]) -> Member | None:
        """The member whose process has one of these ids."""
        return next((member for member in self.members if member.pid in pids), None)

    def kill(self, member: Member, restart_s: float) -> None:
        """End it with SIGKILL; it comes back after `restart_s`."""
        member.restart_s, member.is_ending = restart_s, True
        member.signal(signal.SIGKILL)

    def freeze(self, member: Member) -> None:
        """Stop it: until `thaw` it notices nothing, and then goes on where it was."""
        member.is_frozen = True
        member.signal(signal.SIGSTOP)

    def thaw(self, member: Member) -> None:
        """Let it go on."""
        member.signal(signal.SIGCONT)
        member.is_frozen = False

    def begin_outage(self) -> None:
        """A store goes away."""
        self.stores_up.clear()

    def end_outage(self) -> None:
        """It is back."""
        self.outage_at = asyncio.get_running_loop().time()
        self.stores_up.set()

    async def close(self) -> None:
        """End all with SIGTERM, what does not end with SIGKILL."""
        self._closing.set()
        for member in self.members:
            member.is_ending = True
            member.signal(signal.SIGCONT)
            member.signal(signal.SIGTERM)
        self.stores_up.set()
        try:
            async with asyncio.timeout(END_S):
                await asyncio.gather(*self._keepers)
        except TimeoutError:
            self.ended += [f"{member.name} did not end on SIGTERM" for member in self.members if member.pid]
        finally:
            await self._reap()

    async def _reap(self) -> None:
        for member in self.members:
            member.signal(signal.SIGKILL)
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)
        await asyncio.gather(*(member.process.wait() for member in self.members if member.process is not None))

    async def _keep(self, member: Member) -> None:
        while not self._closing.is_set():
            await self.stores_up.wait()
            if self._closing.is_set():
                return
            process = await self._spawn(member)
            code = await process.wait()
            if self._closing.is_set():
                return
            if not member.is_ending and not self._could_not_start(member):
                self.ended.append(f"{member.name} ended by itself with {code}")
            await asyncio.sleep(member.restart_s)

    def _could_not_start(self, member: Member) -> bool:
        """Whether a store was away while the process started, which may refuse then."""
        own_lines = self._log(member).read_bytes()[member.log_start :]
        has_started = f"{member.role}_started".encode() in own_lines
        return not has_started and (not self.stores_up.is_set() or self.outage_at >= member.started_at)

    def _log(self, member: Member) -> Path:
        return self.directory / f"{member.name}.log"

    async def _spawn(self, member: Member) -> Process:
        member.is_ending, member.restart_s = False, RESTART_S
        member.started_at = asyncio.get_running_loop().time()
        with self._log(member).open("ab") as log:
            member.log_start = log.tell()
            member.process = await asyncio.create_subprocess_exec(
                *member.command, env=dict(self.environment), stdin=DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip
        return member.process


def make_members(workers: int, schedulers: int, sabotage: str | None) -> list[Member]:
    """The processes with their commands; sabotaged workers start through a script that breaks them first."""
    worker = [sys.executable, "-m", "arq"]
    if sabotage is not None:
        worker = [sys.executable, "-m", "benchmarks.chaos.sabotage", sabotage]
    scheduler = [sys.executable, "-m", "arq", "scheduler.SchedulerSettings"]
    return [
        *(Member(f"worker{n}", Role.WORKER, [*worker, "worker.WorkerSettings"]) for n in range(workers)),
        *(Member(f"scheduler{n}", Role.SCHEDULER, scheduler) for n in range(schedulers)),
    ]


def pids_in(owner: str) -> set[int]:
    """Numbers in the name of a lane's owner; one of them is its process id."""
    return {int(number) for number in re.findall(r"(?<![0-9a-f])\d+(?![0-9a-f])", owner)}


def clean_environment() -> dict[str, str]:
    """This machine's environment without any setting of tgforward."""
    ours = ("TGFORWARD_", "DB_URL", "REDIS_URL")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}
