"""Redis and the database, each a server of the test's own on a unix socket, made to be killed."""

import asyncio
import getpass
import shutil
import sqlite3
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

from redis.asyncio import Redis

from tgforward.errors import TgforwardError
from tgforward.queue.server_binary import find_server

READY_S = 60.0
LOOK_EVERY_S = 0.02
LOCK_WITHIN_S = 5.0
HELD_S = 0.3  # a transaction of ours takes milliseconds


@dataclass(slots=True)
class Server:
    """A server process that is started again with the same data after it was killed."""

    name: str
    command: Sequence[str]
    directory: Path
    is_ready: Callable[[], Awaitable[bool]]
    _process: Process | None = None

    async def start(self) -> None:
        """Start it and wait until it answers.

        Raises:
            TgforwardError: it ended, or did not answer in time.
        """
        with (self.directory / f"{self.name}.log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self.command, cwd=self.directory, stdin=DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        with suppress(TimeoutError):
            async with asyncio.timeout(READY_S):
                while self._process.returncode is None:
                    if await self.is_ready():
                        return
                    await asyncio.sleep(LOOK_EVERY_S)
        raise TgforwardError(f"{self.name} did not start: read {self.directory / self.name}.log (run with --keep)")

    async def kill(self) -> None:
        """End it as a crash would."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
        if self._process is not None:
            await self._process.wait()


def redis_server(directory: Path, *, keeps_file: bool = True) -> Server:
    """A Redis that keeps an append-only file, or nothing at all."""
    options = {
        "--port": "0",
        "--unixsocket": "redis.sock",
        "--appendonly": "yes" if keeps_file else "no",
        "--appendfsync": "everysec",
        "--save": "",
    }
    words = [word for option in options.items() for word in option]
    return Server("redis", [str(find_server()), *words], directory, lambda: _redis_answers(directory))


def redis_url(directory: Path) -> str:
    """Where `redis_server` listens."""
    return f"unix://{quote(str(directory / 'redis.sock'))}?db=0"


async def empty_redis(directory: Path) -> None:
    """Make it forget everything, scripts included."""
    async with Redis(unix_socket_path=str(directory / "redis.sock")) as client:
        await client.flushall()
        await client.script_flush()


async def _redis_answers(directory: Path) -> bool:
    async with Redis(unix_socket_path=str(directory / "redis.sock"), retry=None) as client:
        try:
            return bool(await client.ping())
        except OSError:
            return False
        except Exception as error:
            if type(error).__module__.startswith("redis."):  # not there yet, or still reading its file
                return False
            raise


class Database(Protocol):
    """The database of one test."""

    @property
    def url(self) -> str:
        """As `DB_URL`."""
        ...

    async def start(self) -> None:
        """Make it ready for its first use."""
        ...

    async def be_away(self, seconds: float) -> None:
        """Serve nobody for about so long."""
        ...

    async def is_held(self) -> bool:
        """Whether one client keeps all others from writing, as a frozen process can."""
        ...

    async def stop(self) -> None:
        """End it."""
        ...


@dataclass(slots=True)
class SqliteFile:
    """A file; away means that another process holds its lock."""

    path: Path

    @property
    def url(self) -> str:
        """As `DB_URL`."""
        return f"sqlite+aiosqlite:///{self.path}"

    async def start(self) -> None:
        """Nothing: the product makes the file."""

    async def be_away(self, seconds: float) -> None:
        """Hold the write lock; whoever writes must wait."""
        connect = partial(sqlite3.connect, timeout=LOCK_WITHIN_S, isolation_level=None, check_same_thread=False)
        with closing(connect(self.path)) as held:
            try:
                await asyncio.to_thread(held.execute, "BEGIN EXCLUSIVE")
            except sqlite3.OperationalError:
                return  # a frozen process holds it: it is away already
            await asyncio.sleep(seconds)
            held.execute("ROLLBACK")

    async def is_held(self) -> bool:
        """Whether the write lock is not to be had for longer than any transaction takes."""
        return await asyncio.to_thread(self._is_held)

    def _is_held(self) -> bool:
        with closing(sqlite3.connect(self.path, timeout=HELD_S, isolation_level=None)) as tried:
            try:
                tried.execute("BEGIN IMMEDIATE")
                tried.execute("ROLLBACK")
            except sqlite3.OperationalError:
                return True
            return False

    async def stop(self) -> None:
        """Nothing: the directory is removed."""


@dataclass(slots=True)
class MariaDb:
    """A MariaDB server without network; away means killed, and started again after a while."""

    directory: Path
    _server: Server = field(init=False)

    def __post_init__(self) -> None:
        binary = _require("mariadbd")
        self._server = Server("mariadb", [binary, *self._options()], self.directory, self._answers)

    @property
    def url(self) -> str:
        """As `DB_URL`."""
        return f"mysql+asyncmy://root@localhost/tgforward?unix_socket={quote(str(self._socket))}"

    async def start(self) -> None:
        """Make the data directory and start the server.

        Raises:
            TgforwardError: MariaDB refuses.
        """
        install = await asyncio.create_subprocess_exec(
            _require("mariadb-install-db"),
            "--no-defaults",
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
            f"--user={getpass.getuser()}",
            f"--datadir={self._data}",
            stdout=DEVNULL,
            stderr=DEVNULL,
        )
        if await install.wait():
            raise TgforwardError("mariadb-install-db failed: run it by hand in an empty directory to see why")
        (self.directory / "init.sql").write_text("CREATE DATABASE IF NOT EXISTS tgforward CHARACTER SET utf8mb4;\n")
        await self._server.start()

    async def be_away(self, seconds: float) -> None:
        """Kill it, wait, and start it on what it had written."""
        await self._server.kill()
        await asyncio.sleep(seconds)
        await self._server.start()

    async def is_held(self) -> bool:
        """Never: the server ends a transaction whose client says nothing."""
        return False

    async def stop(self) -> None:
        """End it."""
        await self._server.kill()

    @property
    def _data(self) -> Path:
        return self.directory / "mariadb"

    @property
    def _socket(self) -> Path:
        return self.directory / "mariadb.sock"

    def _options(self) -> list[str]:
        return [
            "--no-defaults",
            f"--user={getpass.getuser()}",
            f"--datadir={self._data}",
            f"--socket={self._socket}",
            f"--pid-file={self.directory / 'mariadb.pid'}",
            f"--init-file={self.directory / 'init.sql'}",
            "--skip-networking",
            "--innodb-buffer-pool-size=64M",
            "--innodb-log-file-size=16M",
        ]

    async def _answers(self) -> bool:
        try:
            reader, writer = await asyncio.open_unix_connection(str(self._socket))
        except OSError:
            return False
        try:
            return bool(await reader.read(1))
        finally:
            writer.close()


def _require(name: str) -> str:
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin:/usr/bin")
    if found is None:
        raise TgforwardError(f"{name} was not found: `apt install mariadb-server`, or use --db sqlite")
    return found
