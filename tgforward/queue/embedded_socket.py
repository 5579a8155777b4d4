"""Where the private server's socket is: in its directory, or in a short one when the path would not fit."""

import hashlib
import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

from tgforward.errors import RedisUnreachable

MAX_PATH_BYTES = 103  # sun_path: 108 on Linux and 104 on macOS, with a closing zero
_RECORD = "socket-path"


def read_socket(directory: Path) -> Path:
    """The socket that is in use, or would be; looks only."""
    here = directory / "redis.sock"
    if len(os.fsencode(here)) <= MAX_PATH_BYTES:
        return here
    record = directory / _RECORD
    return Path(record.read_text()) if record.exists() else _short_directory(directory) / "redis.sock"


def settle_socket(directory: Path) -> Path:
    """The socket to listen on; makes and records the short directory where one is needed.

    Raises:
        RedisUnreachable: somebody else owns the short directory, or may enter it.
    """
    socket = read_socket(directory)
    if socket.parent != directory:
        socket.parent.mkdir(mode=0o700, exist_ok=True)
        _refuse_foreign(socket.parent)
        (directory / _RECORD).write_text(str(socket))  # TMPDIR may differ for the next command
    return socket


def forget_socket(directory: Path) -> None:
    """Remove the short directory of a server that has ended."""
    socket = read_socket(directory)
    if socket.parent != directory:
        with suppress(OSError):  # whatever keeps it is not ours to remove
            socket.parent.rmdir()
        (directory / _RECORD).unlink(missing_ok=True)


def _short_directory(directory: Path) -> Path:
    digest = hashlib.sha256(os.fsencode(directory.resolve())).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"tgforward-{os.getuid()}-{digest}"


def _refuse_foreign(directory: Path) -> None:
    status = directory.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid() or status.st_mode & 0o077:
        raise RedisUnreachable(
            f"{directory} must be a directory that only you can enter: remove it, "
            "or set TGFORWARD_DATA_DIR to a shorter path"
        )
