"""Redis and the database, away for a while or emptied."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from random import Random

from benchmarks.chaos.fleet import Fleet
from benchmarks.chaos.observer import Observer
from benchmarks.chaos.schedule import Kind
from benchmarks.chaos.stores import Database, Server, empty_redis

REDIS_AWAY_S = (0.0, 2.0)
DATABASE_AWAY_S = (0.3, 6.0)  # a lease lasts 3 s
AFTERMATH_S = 3.0  # leases, queues and connections are in order again after that; until then no recovery is measured


@dataclass(frozen=True, slots=True)
class Outages:
    """`calm` is held while a flood wait is told: it must be possible to write it down."""

    directory: Path
    fleet: Fleet
    observer: Observer
    redis: Server
    database: Database
    calm: asyncio.Lock

    async def fail(self, kind: Kind, random: Random) -> None:
        """One outage."""
        if kind is Kind.REDIS_FLUSH:
            await empty_redis(self.directory)
            return
        async with self.calm:
            self.fleet.begin_outage()
        self.observer.blur()
        try:
            if kind is Kind.REDIS_KILL:
                await self._restart_redis(random.uniform(*REDIS_AWAY_S))
            else:
                await self.database.be_away(random.uniform(*DATABASE_AWAY_S))
        finally:
            self.fleet.end_outage()
            self.observer.blur(AFTERMATH_S)

    async def _restart_redis(self, seconds: float) -> None:
        await self.redis.kill()
        await asyncio.sleep(seconds)
        await self.redis.start()
