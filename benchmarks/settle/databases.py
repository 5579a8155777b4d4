"""A new database for each measurement: a SQLite file, or one on a MariaDB of our own."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, make_url, select, text

from benchmarks.chaos.stores import MariaDb
from benchmarks.settle.scene import FIRST_MESSAGE, set_up
from tgforward.db.engine import create_engine
from tgforward.db.migrate import upgrade
from tgforward.db.models import Delivery, DeliveryState, ForwardRun, TGForwardConfig


@dataclass(frozen=True, slots=True)
class Written:
    """What a database holds in the end."""

    sent: int
    runs: int
    moved: int
    """Configs whose cursor has moved."""


@dataclass(slots=True)
class Databases:
    """Makes databases of one kind."""

    directory: Path
    server: MariaDb | None
    _made: int = 0

    async def make(self, tasks: int, *, wal: bool = True) -> str:
        """The URL of a migrated database with a config for each task."""
        self._made += 1
        url = await self._create(f"settle{self._made}")
        await upgrade(url)
        engine = create_engine(url)
        await set_up(engine, tasks)
        await engine.dispose()
        if self.server is None and not wal:
            with closing(sqlite3.connect(make_url(url).database or "")) as connection:
                connection.execute("PRAGMA journal_mode = DELETE")  # SQLite's default, which is stored in the file
        return url

    async def _create(self, name: str) -> str:
        if self.server is None:
            return f"sqlite+aiosqlite:///{self.directory / name}.db"
        engine = create_engine(self.server.url)
        async with engine.begin() as connection:
            await connection.execute(text(f"CREATE DATABASE {name} CHARACTER SET utf8mb4"))
        await engine.dispose()
        return make_url(self.server.url).set(database=name).render_as_string(hide_password=False)


@asynccontextmanager
async def databases(kind: str, directory: Path) -> AsyncIterator[Databases]:
    """Of one kind, until the end."""
    server = MariaDb(directory) if kind == "mysql" else None
    if server is not None:
        await server.start()
    try:
        yield Databases(directory, server)
    finally:
        if server is not None:
            await server.stop()


async def look(url: str) -> Written:
    """What was written, so that nobody is fast by writing less."""
    engine = create_engine(url)
    async with engine.connect() as connection:
        sent = select(func.count()).select_from(Delivery).where(Delivery.state == DeliveryState.SENT)
        runs = select(func.count()).select_from(ForwardRun)
        moved = select(func.count()).select_from(TGForwardConfig).where(TGForwardConfig.live_cursor >= FIRST_MESSAGE)
        found = Written(*[(await connection.execute(query)).scalar_one() for query in (sent, runs, moved)])
    await engine.dispose()
    return found
