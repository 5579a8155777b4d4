"""The scheduler's loop: hand due slots to Redis, beside it keep the schedule like the database."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import structlog

from tgforward.errors import DatabaseError, RedisUnreachable
from tgforward.queue.clock import redis_time
from tgforward.queue.slots import SlotEntry, enqueue_slots
from tgforward.services.pacing import TokenBucket
from tgforward.services.refreshing import REFRESH, Refresher
from tgforward.services.schedule import Schedule
from tgforward.services.slot_tally import SlotTally
from tgforward.services.stores import StoredAndQueued

AHEAD = timedelta(milliseconds=500)  # slots are claimed this early, so that lateness is the worker's poll alone
TICK_S = 0.1  # at 5,000 slots per second a tick fills one batch
AWAY_S = 0.5  # between two attempts at a store that is away
FLUSH_S = 5.0
RAMP_PER_S = 500.0
RAMP_BURST = 500
"""Missed slots: a small installation catches up at once, 100,000 configs do not all come in one second."""
EPOCH = datetime.fromtimestamp(0, UTC)

log = structlog.get_logger()


class Ticker:
    """Turns time into jobs; any number of replicas may run, each slot is enqueued once.

    Due times are made by Redis's clock, which the workers compare them with, carried on by this machine's monotonic
    one: a step of the machine's wall clock moves nothing.
    """

    def __init__(self, deps: StoredAndQueued) -> None:
        self._deps = deps
        self._schedule = Schedule()
        self._refresher = Refresher(deps, self._schedule)
        self._tally = SlotTally()
        self._metrics = deps.metrics.schedule
        self._ramp = TokenBucket(RAMP_PER_S, RAMP_BURST)
        self._ahead_of_monotonic = deps.clock.now() - self._monotonic()

    async def run(self) -> None:
        """Tick until cancelled; a database or Redis that is away is waited for."""
        await self._load()
        async with asyncio.TaskGroup() as parts:
            for part in (self._enqueue(), self._refresh(), self._flush()):
                parts.create_task(part)

    def now(self) -> datetime:
        """The time by which slots are due."""
        return self._monotonic() + self._ahead_of_monotonic

    def _monotonic(self) -> datetime:
        return EPOCH + timedelta(seconds=self._deps.clock.monotonic())

    async def _load(self) -> None:
        await self._set_clock()
        while True:
            try:
                await self._refresher.load(self.now())
            except DatabaseError as error:
                log.warning("schedule_not_loaded", error=str(error), configs=len(self._schedule))
                await asyncio.sleep(AWAY_S)
            else:
                return

    async def _refresh(self) -> None:
        while True:
            await asyncio.sleep(REFRESH.total_seconds())
            await self._set_clock()
            try:
                await self._refresher.refresh(self.now())
            except DatabaseError as error:
                self._metrics.not_refreshed()
                log.warning("schedule_not_refreshed", error=str(error), configs=len(self._schedule))
            else:
                self._metrics.refreshed(len(self._schedule))

    async def _set_clock(self) -> None:
        with suppress(RedisUnreachable):  # then the monotonic clock carries on
            self._ahead_of_monotonic = await redis_time(self._deps.redis) - self._monotonic()

    async def _flush(self) -> None:
        while True:
            await asyncio.sleep(FLUSH_S)
            try:
                await self._tally.flush(self._deps)
            except DatabaseError as error:
                log.warning("slot_counts_not_stored", error=str(error))

    async def _enqueue(self) -> None:
        while True:
            is_there = await self._attempt(self._schedule.pop_due(self.now(), ahead=AHEAD), are_late=False)
            is_there = is_there and await self._attempt(self._pop_late(), are_late=True)
            await asyncio.sleep(TICK_S if is_there else AWAY_S)

    def _pop_late(self) -> list[SlotEntry]:
        late: list[SlotEntry] = []
        now, at_s = self.now(), self._deps.clock.monotonic()
        while self._ramp.wait_s(at_s) == 0 and (entry := self._schedule.pop_late(now)) is not None:
            self._ramp.take(1)
            late.append(entry)
        return late

    async def _attempt(self, slots: Sequence[SlotEntry], *, are_late: bool) -> bool:
        """Enqueue the slots; False if Redis is away, then they are in arrears."""
        if not slots:
            return True
        ask = are_late or self._schedule.have_gaps(slots)
        try:
            answers = await enqueue_slots(self._deps.redis, slots, ask_former=ask)
        except RedisUnreachable as error:
            log.warning("slots_not_enqueued", error=str(error), slots=len(slots))
            self._schedule.put_back(slots)
            return False
        missed = self._schedule.count_missed(slots, answers.former) if ask else {}
        self._tally.coalesced(answers.busy)
        self._tally.missed(missed)
        busy, taken = len(answers.busy), len(answers.taken)
        self._metrics.slots(enqueued=answers.enqueued, taken=taken, busy=busy, missed=sum(missed.values()))
        return True
