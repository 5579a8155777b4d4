"""Which accounts this process owns: its share of the lanes, renewed well before the leases end, and given back."""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from tgforward.db.leases import Lease, Renewed, claim_free, release, renew
from tgforward.db.session import Session, reading
from tgforward.db.transaction import in_transaction
from tgforward.db.workers import announce, forget_dead, withdraw
from tgforward.errors import DatabaseError
from tgforward.metrics.lanes import Change
from tgforward.services.deps import Deps
from tgforward.services.lane import Lane
from tgforward.services.lanes_held import HeldLane, LaneRunner
from tgforward.services.lanes_look import LOOK_EVERY_S, Look, Lookout
from tgforward.types import AccountId

TIME_TO_LIVE = timedelta(seconds=3)  # a killed worker's lanes are free after this
SAFETY = timedelta(milliseconds=750)  # this process stops sending so long before the database gives a lane away
RENEW_EVERY_S = 0.6
WATCH_EVERY_S = 0.1
GRACE = timedelta(seconds=5)  # a send that has begun is settled within this
GIVE_AGAIN_S = 15.0  # whoever had to take more than its share keeps it so long: the others do not take theirs
END_WITHIN_S = 9.0

log = structlog.get_logger()


@dataclass(slots=True)
class Lanes:
    """All lanes of one worker process; `start_runner` is called for each one that it comes to own.

    Three loops that never wait for each other: one renews, one claims and gives up, one looks at the local deadlines.
    Starting and stopping lanes runs beside them.
    """

    deps: Deps
    owner: str
    start_runner: Callable[[Lane], LaneRunner]
    _held: dict[AccountId, HeldLane] = field(default_factory=dict)
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _announced: asyncio.Event = field(default_factory=asyncio.Event)
    _ending: asyncio.Event = field(default_factory=asyncio.Event)
    _ended: asyncio.Event = field(default_factory=asyncio.Event)
    _may_give_at: float = 0.0

    async def run(self) -> None:
        """Own lanes until `close`, or until cancelled; a database that is away is waited for."""
        try:
            async with asyncio.TaskGroup() as loops:
                loops.create_task(self._keep_renewing())
                loops.create_task(self._keep_claiming())
                loops.create_task(self._keep_watching())
        finally:
            self._ended.set()

    async def close(self) -> None:
        """Stop every lane, and give each lease back as soon as its lane has stopped, so that others go on at once."""
        for event in (self._ending, self._announced, self._wake):
            event.set()
        for held in self._held.values():
            held.stop(GRACE)
        await _wait(self._ended, END_WITHIN_S)
        for held in self._held.values():
            held.lose()
        try:
            async with asyncio.timeout(1):
                await in_transaction(self.deps.session_factory, self._take_leave)
        except (DatabaseError, TimeoutError):
            log.warning("leases_not_given_back", owner=self.owner, lanes=len(self._held))

    async def _keep_renewing(self) -> None:
        while self._is_needed():
            self._wake.clear()
            await self._attempt_renew()
            if self._is_needed():
                await _wait(self._wake, RENEW_EVERY_S)

    async def _attempt_renew(self) -> None:
        try:
            async with asyncio.timeout(TIME_TO_LIVE.total_seconds()):  # of no use later
                await self._renew()
        except (DatabaseError, TimeoutError) as error:
            self.deps.metrics.lanes.not_renewed()
            log.warning("leases_not_renewed", error=str(error) or "no answer", lanes=len(self._held))

    async def _renew(self) -> None:
        """One UPDATE for all lanes; in the same transaction what has stopped is given back."""
        deadline = self._deadline()
        stopped = [held.lease for held in self._held.values() if held.is_stopped]
        kept = [held.lease for held in self._held.values() if not held.is_stopped]

        async def work(session: Session) -> list[Renewed]:
            if stopped:
                await release(session, self.owner, stopped)
            await self._show_presence(session)
            return await renew(session, self.owner, TIME_TO_LIVE, [lease.account_id for lease in kept])

        renewed = await in_transaction(self.deps.session_factory, work)
        self._announced.set()
        for lease in stopped:
            del self._held[lease.account_id]
            log.info("lane_released", account_id=lease.account_id, token=lease.token)
            self._count("released")
            self.deps.metrics.lag.forget(lease.account_id)
        self._judge(kept, {item.lease: item.is_wanted for item in renewed}, deadline)

    async def _show_presence(self, session: Session) -> None:
        if self._ending.is_set():
            await withdraw(session, self.owner)  # nothing is this process's share any more
            return
        if not self._announced.is_set():
            await forget_dead(session)
        await announce(session, self.owner, TIME_TO_LIVE)

    def _judge(self, kept: Collection[Lease], renewed: dict[Lease, bool], deadline: float) -> None:
        for lease in kept:
            held = self._held[lease.account_id]
            if lease not in renewed:
                log.warning("lane_lost", account_id=lease.account_id, token=lease.token)
                self._count("lost")
                held.lose()
                continue
            held.extend(deadline)
            if not renewed[lease]:
                held.stop(GRACE)

    async def _keep_claiming(self) -> None:
        lookout = Lookout(self.owner)
        await self._announced.wait()
        while not self._ending.is_set():
            pause_s = LOOK_EVERY_S
            try:
                async with asyncio.timeout(TIME_TO_LIVE.total_seconds()):
                    pause_s = await self._look(lookout)
            except (DatabaseError, TimeoutError) as error:
                log.warning("lanes_not_claimed", error=str(error) or "no answer")
            await _wait(self._ending, pause_s)

    async def _look(self, lookout: Lookout) -> float:
        """Take what is due to this process, or give up what is not; how long until the next look."""
        async with reading(self.deps.session_factory) as session:
            look = await lookout.look(session, set(self._held))
        if look.mine or look.left_over:
            await self._claim(look)
        if look.surplus and self.deps.clock.monotonic() >= self._may_give_at:
            self._give(look.surplus)
        return look.next_look_s

    async def _claim(self, look: Look) -> None:
        deadline, wanted = self._deadline(), [*look.mine, *look.left_over]
        leases = await in_transaction(
            self.deps.session_factory,
            lambda session: claim_free(session, self.owner, TIME_TO_LIVE, account_ids=wanted),
        )
        for lease in leases:
            self._start(lease, deadline)
            if lease.account_id in look.left_over:
                self._may_give_at = self.deps.clock.monotonic() + GIVE_AGAIN_S

    def _start(self, lease: Lease, deadline: float) -> None:
        if self._ending.is_set():
            return  # given back with all others
        lane = Lane(self.deps, lease.account_id, lease.token, deadline)
        self._held[lease.account_id] = HeldLane(lane, self.start_runner(lane), self._wake.set)
        log.info("lane_claimed", account_id=lease.account_id, token=lease.token)
        self._count("claimed")

    def _give(self, count: int) -> None:
        """One step at a time: while lanes stop, or are free, nothing more is given up."""
        if any(held.is_stopping for held in self._held.values()):
            return
        for held in list(self._held.values())[-count:]:
            log.info("lane_given_up", account_id=held.lease.account_id, lanes=len(self._held))
            self._count("given_up")
            held.stop(GRACE)

    async def _keep_watching(self) -> None:
        while self._is_needed():
            now = self.deps.clock.monotonic()
            for account_id, held in self._held.items():
                if held.has_failed:
                    log.error("lane_failed", account_id=account_id)
                    self._count("failed")
                    held.stop(timedelta(0))
                elif not held.is_stopping and held.has_expired(now):
                    log.warning("lane_expired", account_id=account_id, token=held.lease.token)
                    self._count("expired")
                    held.stop(timedelta(0))
            await asyncio.sleep(WATCH_EVERY_S)

    def _count(self, change: Change) -> None:
        self.deps.metrics.lanes.changed(change, len(self._held))

    def _is_needed(self) -> bool:
        return not self._ending.is_set() or bool(self._held)

    async def _take_leave(self, session: Session) -> None:
        await release(session, self.owner)
        await withdraw(session, self.owner)

    def _deadline(self) -> float:
        """Counted from before the request, since the database's clock starts no earlier than that."""
        return self.deps.clock.monotonic() + (TIME_TO_LIVE - SAFETY).total_seconds()


async def _wait(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
