"""Keeping a scheduler's schedule like the database: changes at once, everything in a slow sweep."""

import gc
from datetime import datetime, timedelta

import structlog

from tgforward.db.schedule import BEFORE_ALL, ScheduleRow, load_now, load_schedule
from tgforward.db.session import reading
from tgforward.services.database import Stored
from tgforward.services.schedule import Schedule
from tgforward.types import ConfigId

REFRESH = timedelta(seconds=0.5)  # an edit is in force within a second
OVERLAP = timedelta(seconds=10)  # a transaction may commit rows that are older than what was read last
SWEEP = timedelta(minutes=5)  # finds what was removed
PAGE = 2000  # takes about 20 ms; slots are enqueued between two pages
LEAST = 200

log = structlog.get_logger()


class Refresher:
    """Reads the configs once when a scheduler starts, then what changed, and within five minutes all of them again.

    The sweep goes on by one small page at each refresh, so that no moment is busier than the others.
    """

    def __init__(self, deps: Stored, schedule: Schedule) -> None:
        self._deps = deps
        self._schedule = schedule
        self._watermark: datetime | None = None
        self._swept = BEFORE_ALL

    async def load(self, now: datetime) -> None:
        """Read all configs, and what changed meanwhile.

        Raises:
            DatabaseError: the database is away; call it again to go on.
        """
        started = self._deps.clock.monotonic()
        if self._watermark is None:
            async with reading(self._deps.session_factory) as session:
                self._watermark = await load_now(session) - OVERLAP
        while not await self._sweep(now, PAGE):
            pass
        # What stays for long is looked at no more: a full collection over 100,000 configs would stop us for 50 ms.
        gc.collect()
        gc.freeze()
        log.info(
            "schedule_loaded", configs=len(self._schedule), seconds=round(self._deps.clock.monotonic() - started, 3)
        )

    async def refresh(self, now: datetime) -> None:
        """Read what changed since the last call, and the next page of the sweep.

        Raises:
            DatabaseError: the database is away; the schedule stays as it is.
        """
        async with reading(self._deps.session_factory) as session:
            watermark = await load_now(session) - OVERLAP
        after = BEFORE_ALL
        while rows := await self._page(after, PAGE, self._watermark):
            self._schedule.update(rows, now)
            after = rows[-1].config_id
        self._watermark = watermark
        await self._sweep(now, LEAST + len(self._schedule) * REFRESH // SWEEP)

    async def _sweep(self, now: datetime, limit: int) -> bool:
        """Take in the next page of all configs; whether it was the last one."""
        rows = await self._page(self._swept, limit)
        self._schedule.update(rows, now, is_urgent=False)
        is_end = len(rows) < limit
        if is_end:
            self._schedule.end_sweep()
        self._swept = BEFORE_ALL if is_end else rows[-1].config_id
        return is_end

    async def _page(self, after: ConfigId, limit: int, changed_since: datetime | None = None) -> list[ScheduleRow]:
        async with reading(self._deps.session_factory) as session:
            return await load_schedule(session, changed_since=changed_since, after=after, limit=limit)
