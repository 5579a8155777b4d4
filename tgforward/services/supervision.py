"""All processes of one machine in one group: started together, started again when one dies, ended together."""

import asyncio
import fcntl
import os
import signal
from asyncio.subprocess import Process
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import structlog

from tgforward.errors import AlreadyRunning, TgforwardError
from tgforward.services.database import open_database, prepare_database
from tgforward.services.redis_url import guard_redis, redis_url
from tgforward.settings import Settings

STABLE_S = 5.0  # a process that dies sooner has a fault that a restart does not mend
RESTART_DELAY_S = 0.5
END_S = 20.0  # then a process that was asked to end is killed

Commands = Mapping[str, Sequence[str]]

log = structlog.get_logger()


async def supervise(
    settings: Settings, commands: Commands, environment: Mapping[str, str], *, spare: Collection[str] = ()
) -> None:
    """Run the commands until SIGTERM or Ctrl-C; those in `spare` may be missing.

    Raises:
        AlreadyRunning: another `up` runs on the data directory.
        TgforwardError: a process could not be started.
    """
    with _alone(settings), redis_url(settings):
        await prepare_database(settings)
        async with open_database(settings):
            pass  # one sentence now instead of one from each process
        guard = asyncio.create_task(guard_redis(settings))
        try:
            await Group(commands, environment, spare).run()
        finally:
            guard.cancel()
            await asyncio.gather(guard, return_exceptions=True)


@dataclass(slots=True)
class Group:
    """Child processes that live and end together."""

    commands: Commands
    environment: Mapping[str, str]
    spare: Collection[str] = ()
    """Those without which the others go on."""
    processes: dict[str, Process] = field(default_factory=dict)
    _stop: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Until a signal, or until one of them cannot be kept running."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._stop.set)
        keepers = [asyncio.create_task(self._keep(name)) for name in self.commands]
        stop = asyncio.create_task(self._stop.wait())
        await asyncio.wait([stop, *keepers], return_when=asyncio.FIRST_COMPLETED)
        self._stop.set()
        stop.cancel()
        await self._end_all()
        for keeper in keepers:
            await keeper

    async def _keep(self, name: str) -> None:
        loop = asyncio.get_running_loop()
        while not self._stop.is_set():
            started = loop.time()
            process = await asyncio.create_subprocess_exec(*self.commands[name], env=dict(self.environment))
            self.processes[name] = process
            code = await process.wait()
            if self._stop.is_set():
                return
            if loop.time() - started < STABLE_S:
                await self._miss(name, code)
                return
            log.error("process_restarted", process=name, exit_code=code)
            await asyncio.sleep(RESTART_DELAY_S)

    async def _miss(self, name: str, code: int) -> None:
        """One that cannot be kept running: all end, or the others go on without it."""
        if name not in self.spare:
            raise TgforwardError(f"the {name} ended at once (exit code {code}): its own message stands above")
        log.error("process_missing", process=name, exit_code=code)
        await self._stop.wait()

    async def _end_all(self) -> None:
        running = [process for process in self.processes.values() if process.returncode is None]
        for process in running:
            with suppress(ProcessLookupError):
                process.terminate()
        try:
            async with asyncio.timeout(END_S):
                await asyncio.gather(*(process.wait() for process in running))
        except TimeoutError:
            for process in running:
                with suppress(ProcessLookupError):
                    process.kill()


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(settings.data_dir / "up.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise AlreadyRunning(
            f"tgforward up runs already on {settings.data_dir}: end it first, or set TGFORWARD_DATA_DIR to another one"
        ) from None
    finally:
        os.close(descriptor)
