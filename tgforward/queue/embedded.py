"""A private redis-server on a unix socket, shared by the commands that use one data directory.

Three locks, all of them flocks that the kernel drops when their process dies, whatever kills it:

    users.lock   every user holds it shared; who gets it exclusively is the last one and stops the server
    start.lock   held while somebody looks whether a server runs, and starts one
    server.lock  inherited by the server process itself, so it is held exactly as long as a server lives
"""

import fcntl
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from redis import Redis
from redis.exceptions import RedisError

from tgforward.errors import RedisUnreachable
from tgforward.queue.embedded_socket import forget_socket, read_socket, settle_socket
from tgforward.queue.server_binary import find_server

START_S = 30  # an append-only file of 1 GB loads in about 10 s
STOP_S = 20
POLL_S = 0.01


def embedded_directory(data_dir: Path) -> Path:
    """Where the private server of a data directory lives."""
    return data_dir.absolute() / "redis"


def embedded_url(data_dir: Path) -> str:
    """The URL of a data directory's private server, whether it runs or not."""
    return _url(read_socket(embedded_directory(data_dir)))


class EmbeddedRedis:
    """One user of the private server in `directory`: the first one starts it, the last one stops it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory.absolute()
        self._users_fd: int | None = None

    @property
    def url(self) -> str:
        """The server's URL."""
        return _url(read_socket(self.directory))

    def acquire(self) -> None:
        """Become a user; starts the server where none runs.

        Raises:
            RedisUnreachable: the directory cannot be used, there is no redis-server, or it does not start.
        """
        assert self._users_fd is None, "acquired twice"
        try:
            self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._users_fd = _open_lock(self.directory / "users.lock")
            fcntl.flock(self._users_fd, fcntl.LOCK_SH)
            self.ensure_running()
        except OSError as exc:
            self._leave()
            raise RedisUnreachable(
                f"The directory {self.directory} cannot hold the private Redis ({exc.strerror}): "
                "set TGFORWARD_DATA_DIR to one that you may write to, or set REDIS_URL"
            ) from exc
        except BaseException:
            self._leave()
            raise

    def ensure_running(self) -> None:
        """Start the server again if it has died; does nothing while one runs."""
        with _locked(self.directory / "start.lock"):
            server_fd = _try_lock(self.directory / "server.lock")
            socket = settle_socket(self.directory)
            if server_fd is not None:
                try:
                    _spawn(self.directory, socket, server_fd)
                finally:
                    os.close(server_fd)  # the server holds a copy
            _wait_ready(self.directory, socket)

    def release(self) -> None:
        """Stop being a user; the last one stops the server and waits for its end."""
        if self._users_fd is None:
            return
        try:
            if _is_last(self._users_fd):
                _stop(self.directory)
        finally:
            self._leave()

    def _leave(self) -> None:
        if self._users_fd is not None:
            os.close(self._users_fd)
            self._users_fd = None

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.release()


def _url(socket: Path) -> str:
    return f"unix://{quote(str(socket))}?db=0"


def _open_lock(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    descriptor = _open_lock(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _try_lock(path: Path) -> int | None:
    descriptor = _open_lock(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def _is_last(users_fd: int) -> bool:
    # The kernel drops our shared lock before it tries: of two that leave at once, the later one succeeds.
    try:
        fcntl.flock(users_fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _spawn(directory: Path, socket: Path, server_fd: int) -> None:
    # --daemonize gives the server its own session and parent: Ctrl-C and the end of this command do not reach it.
    command = [str(find_server()), *_options(directory, socket)]
    answer = subprocess.run(  # noqa: S603 - our own command line, no shell
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        pass_fds=(server_fd,),
        start_new_session=True,
        umask=0o077,
        check=False,
    )
    if answer.returncode != 0:
        raise _failed(directory, (answer.stderr or answer.stdout).strip().splitlines()[-1:])


def _options(directory: Path, socket: Path) -> Iterator[str]:
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(directory),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory-policy": "noeviction",
        "daemonize": "yes",
        "pidfile": str(directory / "redis.pid"),
        "logfile": str(directory / "redis.log"),
    }
    for name, value in options.items():
        yield from (f"--{name}", value)


def _wait_ready(directory: Path, socket: Path) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        if _answers(socket):
            return
        server_fd = _try_lock(directory / "server.lock")
        if server_fd is not None:  # nobody holds it: the server has ended
            os.close(server_fd)
            raise _failed(directory, _last_log_line(directory))
        time.sleep(POLL_S)
    raise _failed(directory, ["it runs, but does not answer on its socket"])


def _answers(socket: Path) -> bool:
    with Redis(unix_socket_path=str(socket), socket_timeout=START_S) as redis:
        try:
            return bool(redis.ping())
        except (RedisError, OSError):
            return False


def _stop(directory: Path) -> None:
    with _locked(directory / "start.lock"):
        with Redis(unix_socket_path=str(read_socket(directory)), socket_timeout=STOP_S) as redis:
            try:
                redis.shutdown()
            except (RedisError, OSError):
                return  # it does not run any more
        with _locked(directory / "server.lock"):  # free once the server has ended
            forget_socket(directory)


def _last_log_line(directory: Path) -> list[str]:
    log = directory / "redis.log"
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    return [line.split(" # ")[-1] for line in lines if line.strip()][-1:]


def _failed(directory: Path, why: list[str]) -> RedisUnreachable:
    reason = why[0] if why else "it said nothing"
    return RedisUnreachable(f"The private Redis in {directory} does not start: {reason}")
