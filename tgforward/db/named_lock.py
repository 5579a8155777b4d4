"""Work that is done on a database by one at a time, whoever starts it and wherever."""

import asyncio
import fcntl
import hashlib
import os
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from pathlib import Path

from sqlalchemy import text

from tgforward.db.engine import Engine
from tgforward.errors import DatabaseError

PATIENCE = timedelta(minutes=10)
_POLL_S = 0.05


def one_at_a_time(engine: Engine, what: str) -> AbstractAsyncContextManager[None]:
    """Waits for its turn to do `what`, a single word; the lock ends with the process that holds it.

    Raises:
        DatabaseError: somebody else does it for longer than `PATIENCE`.
    """
    if engine.dialect.name == "sqlite":
        assert engine.url.database is not None
        return _file_lock(Path(f"{engine.url.database}.{what}.lock"), what)
    return _server_lock(engine, what)


@asynccontextmanager
async def _server_lock(engine: Engine, what: str) -> AsyncIterator[None]:
    """A named lock of the server, held by a connection of its own; names are shared by all databases of a server."""
    database = hashlib.sha256(str(engine.url.database).encode()).hexdigest()[:32]  # at most 64 characters
    name = f"tgforward.{what}.{database}"
    async with engine.connect() as connection:
        taken = text("SELECT GET_LOCK(:name, :seconds)")
        if await connection.scalar(taken, {"name": name, "seconds": PATIENCE.total_seconds()}) != 1:
            raise _still_running(what)
        try:
            yield
        finally:
            await connection.execute(text("SELECT RELEASE_LOCK(:name)"), {"name": name})


@asynccontextmanager
async def _file_lock(path: Path, what: str) -> AsyncIterator[None]:
    """A lock on a file beside the database; the file stays, since removing it could make two locks."""
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        await _wait_for(descriptor, what)
        yield
    finally:
        os.close(descriptor)


async def _wait_for(descriptor: int, what: str) -> None:
    deadline = asyncio.get_running_loop().time() + PATIENCE.total_seconds()
    while not _try_lock(descriptor):
        if asyncio.get_running_loop().time() > deadline:
            raise _still_running(what)
        await asyncio.sleep(_POLL_S)


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _still_running(what: str) -> DatabaseError:
    minutes = int(PATIENCE.total_seconds() // 60)
    return DatabaseError(
        f"Another {what} on the database has been running for {minutes} minutes: see what holds it up."
    )
