"""Which accounts this process owns: leases taken, renewed well before they end, and given back."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

import structlog

from tgforward.db.accounts import load_account
from tgforward.db.leases import Lease, claim_free, release, renew
from tgforward.db.session import reading
from tgforward.db.transaction import in_transaction
from tgforward.errors import DatabaseError
from tgforward.services.deps import Deps
from tgforward.services.lane import Lane, Pause
from tgforward.types import AccountId

TIME_TO_LIVE = timedelta(seconds=4)  # a killed worker's lanes are taken over after this
RENEW_EVERY_S = 1.0
SAFETY = timedelta(milliseconds=500)  # this process stops sending so long before the database gives the lane away

log = structlog.get_logger()


class LaneRunner(Protocol):
    """Works off one lane's queue until it is stopped."""

    async def stop(self) -> None:
        """Claim nothing more, hand back what runs."""
        ...


@dataclass(slots=True)
class Lanes:
    """All lanes of one worker process; `start_runner` is called for each one that it comes to own."""

    deps: Deps
    owner: str
    start_runner: Callable[[Lane], Awaitable[LaneRunner]]
    _owned: dict[AccountId, tuple[Lane, LaneRunner]] = field(default_factory=dict)

    async def run(self) -> None:
        """Renew and claim until cancelled."""
        while True:
            try:
                await self._renew()
                await self._claim()
            except DatabaseError as error:
                log.warning("leases_not_renewed", error=str(error), lanes=len(self._owned))
            await self._drop_expired()
            await asyncio.sleep(RENEW_EVERY_S)

    async def close(self) -> None:
        """Stop every lane and give the leases back, so that another process can go on at once."""
        await self._drop(list(self._owned))
        with suppress(DatabaseError):
            await in_transaction(self.deps.session_factory, lambda session: release(session, self.owner))

    async def _renew(self) -> None:
        if not self._owned:
            return
        deadline = self._deadline()
        kept = await in_transaction(
            self.deps.session_factory, lambda session: renew(session, self.owner, ttl=TIME_TO_LIVE)
        )
        for account_id, (lane, _) in self._owned.items():
            if account_id in kept:
                lane.deadline = deadline
        await self._drop(self._owned.keys() - kept)

    async def _claim(self) -> None:
        deadline = self._deadline()
        leases = await in_transaction(
            self.deps.session_factory, lambda session: claim_free(session, self.owner, ttl=TIME_TO_LIVE)
        )
        for lease in leases:
            await self._start(lease, deadline)

    async def _start(self, lease: Lease, deadline: float) -> None:
        lane = Lane(self.deps, lease.account_id, lease.token, deadline)
        lane.pause = await _stored_pause(lane)
        self._owned[lease.account_id] = (lane, await self.start_runner(lane))
        log.info("lane_claimed", account_id=lease.account_id, token=lease.token)

    async def _drop_expired(self) -> None:
        now = self.deps.clock.monotonic()
        await self._drop([key for key, (lane, _) in self._owned.items() if lane.deadline <= now])

    async def _drop(self, account_ids: Iterable[AccountId]) -> None:
        for account_id in list(account_ids):
            lane, runner = self._owned.pop(account_id)
            await runner.stop()
            await lane.close()
            log.info("lane_dropped", account_id=account_id)

    def _deadline(self) -> float:
        """Counted from before the request, since the database's clock starts no earlier than that."""
        return self.deps.clock.monotonic() + (TIME_TO_LIVE - SAFETY).total_seconds()


async def _stored_pause(lane: Lane) -> Pause | None:
    async with reading(lane.deps.session_factory) as session:
        account = await load_account(session, lane.account_id)
    if account is None or account.wait_until is None:
        return None
    return Pause(account.wait_until, account.wait_reason or "")
