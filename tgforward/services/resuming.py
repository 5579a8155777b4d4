"""An account that was stopped or rests goes on at once, wherever its lane is owned."""

import asyncio
from datetime import timedelta

from tgforward.db.configs import list_configs
from tgforward.db.leases import list_owners
from tgforward.db.models.account import TelegramAccount
from tgforward.db.session import reading
from tgforward.db.waits import load_waits
from tgforward.queue.enqueue import enqueue_now
from tgforward.services.deps import Deps
from tgforward.services.hindrances import load_surroundings, wait_end, what_stops
from tgforward.services.known_accounts import clear_account, load_known, pause_account
from tgforward.types import AccountId

LET_GO_WITHIN = timedelta(seconds=20)  # a worker settles what it has begun; a dead one's lease runs out in 3 s
LOOK_EVERY_S = 0.1


async def resume_account(deps: Deps, name: str, *, actor: str) -> int:
    """Forget why an account was stopped and every wait of it and its dests; answers how many configs were enqueued.

    The owner of the lane remembers waits: it has to let go of the account first, so that the next owner knows none.

    Raises:
        InvalidInput: no such account, or it has no session to go on with.
    """
    account = await load_known(deps, name)
    if await _is_waiting(deps, account):
        await pause_account(deps, name, actor=actor)
        await _until_free(deps, account.id)
    await clear_account(deps, name, actor=actor)
    return await _enqueue_all(deps, account.id)


async def _is_waiting(deps: Deps, account: TelegramAccount) -> bool:
    now = deps.clock.now()
    async with reading(deps.session_factory) as session:
        return wait_end(account, now) is not None or bool(await load_waits(session, account.id, now))


async def _until_free(deps: Deps, account_id: AccountId) -> None:
    deadline = deps.clock.monotonic() + LET_GO_WITHIN.total_seconds()
    while deps.clock.monotonic() < deadline:
        async with reading(deps.session_factory) as session:
            owned = {item.lease.account_id for item in await list_owners(session)}
        if account_id not in owned:
            return
        await asyncio.sleep(LOOK_EVERY_S)


async def _enqueue_all(deps: Deps, account_id: AccountId) -> int:
    """Jobs that wait for the end of the rest would wait on."""
    async with reading(deps.session_factory) as session:
        configs = await list_configs(session, account_id=account_id)
        around = await load_surroundings(session, configs, deps.clock.now())
    able = [row for row in configs if what_stops(row, around) is None]
    for row in able:
        await enqueue_now(deps.redis, row.id, row.version, account_id, hasten=True)
    return len(able)
