"""The scheduler's loop: refresh the schedule from the database, hand due slots to Redis, sleep until the next."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import structlog

from tgforward.db.schedule import load_now, load_schedule
from tgforward.db.session import reading
from tgforward.errors import DatabaseError, RedisUnreachable
from tgforward.queue.clock import redis_time
from tgforward.queue.enqueue import enqueue_slots
from tgforward.services.deps import Deps
from tgforward.services.schedule import Schedule

AHEAD = timedelta(milliseconds=500)  # slots are claimed this early, so that lateness is the worker's poll alone
BATCH = 500  # one Lua call of 500 slots blocks Redis for a few milliseconds
REFRESH = timedelta(seconds=1)
FULL_RELOAD = timedelta(minutes=5)  # finds what was deleted
OVERLAP = timedelta(seconds=10)  # a transaction may commit rows that are older than what was read last
LONGEST_SLEEP_S = 0.2
EPOCH = datetime.fromtimestamp(0, UTC)

log = structlog.get_logger()


class Ticker:
    """Turns time into jobs; any number of replicas may run, each slot is enqueued once.

    Due times are made by Redis's clock, which the workers compare them with, carried on by this machine's monotonic
    one: a step of the machine's wall clock moves nothing.
    """

    def __init__(self, deps: Deps) -> None:
        self._deps = deps
        self._schedule = Schedule()
        self._ahead_of_monotonic = deps.clock.now() - self._monotonic()
        self._watermark: datetime | None = None
        self._refreshed_at: datetime | None = None
        self._reloaded_at: datetime | None = None

    async def run(self) -> None:
        """Tick until cancelled; a database or Redis that is away is waited for."""
        while True:
            await self._attempt_refresh()
            await self._attempt_enqueue()
            await asyncio.sleep(self._seconds_to_sleep())

    def now(self) -> datetime:
        """The time by which slots are due."""
        return self._monotonic() + self._ahead_of_monotonic

    def _monotonic(self) -> datetime:
        return EPOCH + timedelta(seconds=self._deps.clock.monotonic())

    async def _attempt_refresh(self) -> None:
        if self._refreshed_at is not None and self._monotonic() - self._refreshed_at < REFRESH:
            return
        self._refreshed_at = self._monotonic()
        with suppress(RedisUnreachable):  # then the monotonic clock carries on
            self._ahead_of_monotonic = await redis_time(self._deps.redis) - self._monotonic()
        try:
            await self._refresh()
        except DatabaseError as error:
            log.warning("schedule_not_refreshed", error=str(error), configs=len(self._schedule))

    async def _refresh(self) -> None:
        started = self._monotonic()
        is_full = self._reloaded_at is None or started - self._reloaded_at >= FULL_RELOAD
        async with reading(self._deps.session_factory) as session:
            watermark = await load_now(session)
            rows = await load_schedule(session, None if is_full else self._watermark)
        self._watermark = watermark - OVERLAP
        if is_full:
            self._schedule.replace_all(rows, self.now())
            self._reloaded_at = started
        else:
            self._schedule.update(rows, self.now())

    async def _attempt_enqueue(self) -> None:
        while due := self._schedule.pop_due(self.now(), ahead=AHEAD, limit=BATCH):
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
        left_s = next_ms / 1000 - AHEAD.total_seconds() - self.now().timestamp()
        return min(max(left_s, 0.0), LONGEST_SLEEP_S)
