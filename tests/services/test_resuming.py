"""An account that was stopped goes on at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from arq import ArqRedis

from tests.services.conftest import Town, make_config, owned_lane
from tgforward.db.accounts import set_account_session, set_account_state, set_account_wait
from tgforward.db.audit import list_changes
from tgforward.db.models import AccountState, TelegramAccount
from tgforward.db.session import reading
from tgforward.db.waits import load_waits, set_wait
from tgforward.errors import InvalidInput
from tgforward.queue.enqueue import enqueue_now
from tgforward.queue.names import job_id, lane_queue
from tgforward.services.deps import Deps
from tgforward.services.known_accounts import all_accounts
from tgforward.services.known_configs import pause_config
from tgforward.services.resuming import resume_account
from tgforward.types import AccountId, ChatId

HOUR = timedelta(hours=1)


async def account(deps: Deps) -> TelegramAccount:
    (row,) = await all_accounts(deps)
    return row


async def wait_an_hour(deps: Deps, account_id: AccountId) -> None:
    until = deps.clock.now() + HOUR
    async with deps.session_factory.begin() as session:
        await set_account_wait(session, account_id, until, "PEER_FLOOD")
        await set_wait(session, account_id, ChatId(-1001), until, "SLOWMODE_WAIT_3600")


async def is_due(deps: Deps, redis: ArqRedis, account_id: AccountId, config_id: int) -> bool:
    score = await redis.zscore(lane_queue(account_id), job_id(config_id))  # type: ignore[arg-type]
    return score is not None and score / 1000 <= deps.clock.now().timestamp() + 1


@asynccontextmanager
async def owner(deps: Deps) -> AsyncIterator[None]:
    """A worker that owns the account and, as workers do, lets go of it once it is parked."""

    async def own() -> None:
        async with owned_lane(deps):
            owned.set()
            while (await account(deps)).state is AccountState.ACTIVE:  # noqa: ASYNC110 - a database tells nobody
                await asyncio.sleep(0.05)
            assert (await account(deps)).wait_until is not None

    owned = asyncio.Event()
    task = asyncio.create_task(own())
    await owned.wait()
    yield
    await task


async def test_a_parked_account_works_again(deps: Deps, redis: ArqRedis, account_id: AccountId, town: Town) -> None:
    """Its reason is cleared, its configs are enqueued except those that are stopped themselves, and it is noted."""
    config_id, paused = await make_config(deps), await make_config(deps)
    await pause_config(deps, paused, actor="test")
    async with deps.session_factory.begin() as session:
        await set_account_state(session, account_id, AccountState.PARKED, "USER_DEACTIVATED")
    assert await resume_account(deps, "operator", actor="test") == 1
    row = await account(deps)
    assert (row.state, row.state_reason) == (AccountState.ACTIVE, None)
    assert await is_due(deps, redis, account_id, config_id)
    assert not await is_due(deps, redis, account_id, paused)
    async with reading(deps.session_factory) as session:
        (entry,) = [entry for entry in await list_changes(session, "operator") if entry.action == "account.resume"]
    assert entry.detail == {"reason": "USER_DEACTIVATED", "wait": None}


async def test_every_wait_is_forgotten(deps: Deps, redis: ArqRedis, account_id: AccountId, town: Town) -> None:
    """The account's and its dests'; a job that waits for their end is due now."""
    config_id = await make_config(deps)
    await wait_an_hour(deps, account_id)
    await enqueue_now(deps.redis, config_id, 1, account_id, delay=HOUR)
    await resume_account(deps, "operator", actor="test")
    row = await account(deps)
    assert (row.state, row.wait_until, row.wait_reason) == (AccountState.ACTIVE, None, None)
    async with reading(deps.session_factory) as session:
        assert await load_waits(session, account_id, deps.clock.now()) == []
    assert await is_due(deps, redis, account_id, config_id)


async def test_an_owner_that_remembers_the_wait_lets_go_first(deps: Deps, account_id: AccountId, town: Town) -> None:
    """The waits are forgotten only when nobody owns the lane, so that the next owner knows none."""
    await wait_an_hour(deps, account_id)
    async with owner(deps):
        await resume_account(deps, "operator", actor="test")
    assert (await account(deps)).state is AccountState.ACTIVE


async def test_accounts_that_cannot_be_resumed(deps: Deps, account_id: AccountId) -> None:
    """An unknown name, and an account without a session, which has to log in."""
    with pytest.raises(InvalidInput, match="no account named other"):
        await resume_account(deps, "other", actor="test")
    async with deps.session_factory.begin() as session:
        await set_account_session(session, account_id, None)  # type: ignore[arg-type]  # as logging out leaves it
    with pytest.raises(InvalidInput, match="tgforward account login operator"):
        await resume_account(deps, "operator", actor="test")
