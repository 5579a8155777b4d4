"""The scheduler's loop: refresh the schedule from the database, hand due slots to Redis, sleep until the next."""

import asyncio
from datetime import datetime, timedelta

import structlog

from tgforward.db.schedule import load_schedule
from tgforward.db.session import reading
from tgforward.errors import DatabaseError, RedisUnreachable
from tgforward.queue.enqueue import enqueue_slots
from tgforward.services.deps import Deps
from tgforward.services.schedule import Schedule

AHEAD = timedelta(milliseconds=500)  # slots are claimed this early, so that lateness is the worker's poll alone
BATCH = 500  # one Lua call of 500 slots blocks Redis for a few milliseconds
REFRESH = timedelta(seconds=1)
FULL_RELOAD = timedelta(minutes=5)  # finds what was deleted
OVERLAP = timedelta(seconds=10)  # a transaction may commit rows that are older than what was read last
LONGEST_SLEEP_S = 0.2

log = structlog.get_logger()


class Ticker:
    """Turns time into jobs; any number of replicas may run, each slot is enqueued once."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps
        self._schedule = Schedule()
        self._refreshed_at: datetime | None = None
        self._reloaded_at: datetime | None = None

    async def run(self) -> None:
        """Tick until cancelled; a database or Redis that is away is waited for."""
        while True:
            await self._attempt_refresh()
            await self._attempt_enqueue()
            await asyncio.sleep(self._seconds_to_sleep())

    async def _attempt_refresh(self) -> None:
        now = self._deps.clock.now()
        if self._refreshed_at is not None and now - self._refreshed_at < REFRESH:
            return
        try:
            await self._refresh(now)
        except DatabaseError as error:
            log.warning("schedule_not_refreshed", error=str(error), configs=len(self._schedule))
        self._refreshed_at = now

    async def _refresh(self, now: datetime) -> None:
        is_full = self._reloaded_at is None or now - self._reloaded_at >= FULL_RELOAD
        since = None if is_full or self._refreshed_at is None else self._refreshed_at - OVERLAP
        async with reading(self._deps.session_factory) as session:
            rows = await load_schedule(session, since)
        if since is None:
            self._schedule.replace_all(rows, now)
            self._reloaded_at = now
        else:
            self._schedule.update(rows, now)

    async def _attempt_enqueue(self) -> None:
        while due := self._schedule.pop_due(self._deps.clock.now(), ahead=AHEAD, limit=BATCH):
            try:
                counts = await enqueue_slots(self._deps.redis, due)
            except RedisUnreachable as error:
                log.warning("slots_not_enqueued", error=str(error), slots=len(due))
                return  # the next slot of each config comes by itself
            log.debug("slots_enqueued", enqueued=counts.enqueued, taken=counts.taken, busy=counts.busy)

    def _seconds_to_sleep(self) -> float:
        next_ms = self._schedule.next_ms
        if next_ms is None:
            return LONGEST_SLEEP_S
        left_s = next_ms / 1000 - AHEAD.total_seconds() - self._deps.clock.now().timestamp()
        return min(max(left_s, 0.0), LONGEST_SLEEP_S)
