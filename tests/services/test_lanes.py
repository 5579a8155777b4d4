"""The lanes of several workers, on a real database; what a lane does with its queue is another test's matter."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
import structlog
from sqlalchemy import text

from tests.db.build import make_account
from tests.fixtures.database import opened
from tgforward.db.accounts import set_account_state
from tgforward.db.leases import LaneOwner, list_owners
from tgforward.db.models import AccountState
from tgforward.db.session import reading
from tgforward.db.transaction import in_transaction
from tgforward.db.workers import list_live
from tgforward.services import lanes as lanes_module
from tgforward.services.deps import Deps
from tgforward.services.lane import Lane
from tgforward.services.lanes import SAFETY, TIME_TO_LIVE, Lanes
from tgforward.types import AccountId

TTL_S = TIME_TO_LIVE.total_seconds()


@dataclass(slots=True)
class Runner:
    """Does nothing until it is stopped, and stops only when it may."""

    lane: Lane
    may_stop: asyncio.Event = field(default_factory=asyncio.Event)
    grace: timedelta | None = None
    has_died: bool = False

    def is_running(self) -> bool:
        return not self.has_died

    async def stop(self, grace: timedelta) -> None:
        self.grace = grace
        await self.may_stop.wait()


@dataclass(slots=True)
class Worker:
    """One worker process's lanes, with all runners that it ever started."""

    lanes: Lanes
    runners: list[Runner]
    task: asyncio.Task[None]
    stops_quickly: bool = True

    def runner(self, account_id: AccountId) -> Runner:
        return [runner for runner in self.runners if runner.lane.account_id == account_id][-1]

    async def die(self) -> None:
        """As kill -9 would: nothing is given back."""
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)

    async def close(self) -> None:
        for runner in self.runners:
            runner.may_stop.set()
        await self.lanes.close()
        await self.task


@asynccontextmanager
async def working(deps: Deps, owner: str, *, stops_quickly: bool = True) -> AsyncIterator[Worker]:
    runners: list[Runner] = []

    def start(lane: Lane) -> Runner:
        runners.append(runner := Runner(lane))
        if stops_quickly:
            runner.may_stop.set()
        return runner

    lanes = Lanes(deps, owner, start)
    worker = Worker(lanes, runners, asyncio.create_task(lanes.run()))
    try:
        yield worker
    finally:
        if not worker.task.done():
            await worker.close()


async def owners(deps: Deps) -> list[LaneOwner]:
    async with reading(deps.session_factory) as session:
        return await list_owners(session)


async def counts(deps: Deps) -> dict[str, int]:
    found: dict[str, int] = {}
    for item in await owners(deps):
        found[item.owner] = found.get(item.owner, 0) + 1
    return found


async def until(condition: Callable[[], object], seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - lanes give no signal
            await asyncio.sleep(0.02)


async def until_counts(deps: Deps, *wanted: dict[str, int], seconds: float = 20) -> None:
    found: dict[str, int] = {}
    try:
        async with asyncio.timeout(seconds):
            while (found := await counts(deps)) not in wanted:  # noqa: ASYNC110 - a database sends no signal
                await asyncio.sleep(0.02)
    except TimeoutError:
        pytest.fail(f"the lanes are {found} instead of {wanted}")


async def make_accounts(deps: Deps, count: int) -> list[AccountId]:
    return [await make_account(deps.session_factory, f"account {number}") for number in range(count)]


@asynccontextmanager
async def database_stuck(db_url: str) -> AsyncIterator[None]:
    """Nobody gets an answer that concerns leases inside the block."""
    is_sqlite = db_url.startswith("sqlite")
    async with opened(db_url) as engine, engine.connect() as connection:
        if not is_sqlite:  # SQLite: the transaction that has begun holds the write lock
            await connection.execute(text("LOCK TABLES lane_lease WRITE, worker_process WRITE"))
        else:
            await connection.execute(text("UPDATE lane_lease SET token = token"))
        yield
        await connection.execute(text("ROLLBACK" if is_sqlite else "UNLOCK TABLES"))


async def test_workers_come_to_equal_shares(deps: Deps) -> None:
    """One has all lanes, two have half each, three share as evenly as it goes; then no lane moves any more."""
    accounts = await make_accounts(deps, 4)
    async with working(deps, "a"):
        await until_counts(deps, {"a": 4})
        async with working(deps, "b"):
            await until_counts(deps, {"a": 2, "b": 2})
            async with working(deps, "c"):
                await until_counts(deps, *({"a": 1, "b": 1, "c": 1} | {rich: 2} for rich in "abc"))
                before = [item.lease for item in await owners(deps)]
                await asyncio.sleep(2)
                assert [item.lease for item in await owners(deps)] == before
    assert await counts(deps) == {}
    async with reading(deps.session_factory) as session:
        assert await list_live(session) == []
    assert len(before) == len(accounts)


async def test_the_lanes_of_a_dead_worker_are_shared(deps: Deps) -> None:
    """When a worker dies the others have its lanes within the time to live and a moment."""
    await make_accounts(deps, 6)
    async with working(deps, "a") as dead, working(deps, "b"), working(deps, "c"):
        await until_counts(deps, {"a": 2, "b": 2, "c": 2})
        await dead.die()
        await until_counts(deps, {"b": 3, "c": 3}, seconds=TTL_S + 0.8)


async def test_a_worker_that_ends_hands_over_at_once(deps: Deps) -> None:
    """The others need not wait for the leases to run out."""
    await make_accounts(deps, 4)
    async with working(deps, "a") as ending, working(deps, "b"):
        await until_counts(deps, {"a": 2, "b": 2})
        closing = asyncio.create_task(ending.close())
        await until_counts(deps, {"b": 4}, seconds=1.5)
        await closing


async def test_a_lane_that_stops_slowly_delays_nothing(deps: Deps) -> None:
    """While lanes drain, their leases and all others are renewed; each is given back when its lane has stopped."""
    first, second = await make_accounts(deps, 2)
    async with working(deps, "a", stops_quickly=False) as slow:
        await until_counts(deps, {"a": 2})
        async with deps.session_factory.begin() as session:
            await set_account_state(session, first, AccountState.PARKED)
        await until(lambda: slow.runner(first).grace is not None)
        assert slow.runner(first).grace == lanes_module.GRACE
        async with asyncio.timeout(TTL_S + 1.5):
            end = deps.clock.monotonic() + TTL_S + 1
            while deps.clock.monotonic() < end:
                remaining = [item.remaining for item in await owners(deps)]
                assert len(remaining) == 2
                assert min(remaining) > SAFETY
                slow.runner(first).lane.check_lease()
                await asyncio.sleep(0.05)
        slow.runner(first).may_stop.set()
        await until_counts(deps, {"a": 1}, seconds=1.5)
        slow.runner(second).lane.check_lease()


async def test_a_stuck_database_stops_the_lanes_in_time(deps: Deps, db_url: str) -> None:
    """No lane goes on past its own deadline, and each is owned again, with a new connection, soon after the end."""
    await make_accounts(deps, 2)
    with structlog.testing.capture_logs() as lines:
        async with working(deps, "a") as worker:
            await until(lambda: len(worker.runners) == 2)
            async with database_stuck(db_url):
                began = deps.clock.monotonic()
                await until(lambda: all(runner.grace is not None for runner in worker.runners))
                assert deps.clock.monotonic() - began < TTL_S
                assert {runner.grace for runner in worker.runners} == {timedelta(0)}
                await until(lambda: all(runner.lane.deadline < 0 for runner in worker.runners))
            await until(lambda: len(worker.runners) == 4, 30)
            await until_counts(deps, {"a": 2})
    assert [line["event"] for line in lines if line["log_level"] == "error"] == []


async def test_a_lost_lease_stops_the_lane_at_once(deps: Deps) -> None:
    """When the database says that somebody else owns the lane, nothing more may be sent, whatever the deadline was."""
    (account_id,) = await make_accounts(deps, 1)
    async with working(deps, "a", stops_quickly=False) as worker:
        await until(lambda: worker.runners)
        lane = worker.runners[0].lane
        async with deps.session_factory.begin() as session:
            await session.execute(text("UPDATE lane_lease SET owner = 'b', token = token + 1"))
        await until(lambda: lane.deadline < 0, 2)
        assert worker.runners[0].grace == timedelta(0)
        worker.runners[0].may_stop.set()
        await until(lambda: len(worker.runners) == 2)  # "b" does not renew
        assert worker.runner(account_id).lane.token == lane.token + 2


async def test_the_lane_of_a_parked_account_is_given_up(deps: Deps) -> None:
    """Nobody keeps it, and it is taken again when the account is active again."""
    (account_id,) = await make_accounts(deps, 1)

    async def put(state: AccountState) -> None:
        await in_transaction(deps.session_factory, lambda session: set_account_state(session, account_id, state))

    async with working(deps, "a"):
        await until_counts(deps, {"a": 1})
        await put(AccountState.PARKED)
        await until_counts(deps, {})
        await put(AccountState.ACTIVE)
        await until_counts(deps, {"a": 1})


async def test_a_runner_that_failed_is_replaced(deps: Deps) -> None:
    """A lane whose loop has ended by itself is not renewed for ever without doing anything."""
    await make_accounts(deps, 1)
    async with working(deps, "a") as worker:
        await until(lambda: worker.runners)
        worker.runners[0].has_died = True
        await until(lambda: len(worker.runners) == 2)


async def test_lanes_that_their_worker_does_not_take_go_to_others(deps: Deps) -> None:
    """A live worker that claims nothing leaves no lane without an owner, and lanes do not go to and fro for it."""
    await make_accounts(deps, 3)
    async with deps.session_factory.begin() as session:
        await session.execute(text("INSERT INTO worker_process VALUES ('0 stuck', 99999999999999)"))
    async with working(deps, "a") as worker:
        await until_counts(deps, {"a": 3}, seconds=3)
        await asyncio.sleep(1)
        assert len(worker.runners) == 3
