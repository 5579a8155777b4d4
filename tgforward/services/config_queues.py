"""What the queues say of a page of configs that somebody looks at; nothing where Redis is away."""

from tgforward.db.leases import list_owners
from tgforward.db.session import reading
from tgforward.errors import RedisUnreachable
from tgforward.queue.depth import overdue_jobs
from tgforward.services.config_status import FoundConfigs
from tgforward.services.hindrances import wait_end
from tgforward.services.lags import ask_lags
from tgforward.services.queues import Queues
from tgforward.services.stores import StoredAndQueued
from tgforward.types import AccountId


async def look_at_queues(deps: StoredAndQueued, found: FoundConfigs, *, with_lags: bool = False) -> Queues:
    """Which of these configs are overdue; with lags, if the owners of their lanes are asked, for up to 3 s."""
    try:
        overdue = await overdue_jobs(deps.redis, found.homes)
        lags = await ask_lags(deps.redis, await _able(deps, found)) if with_lags else {}
    except RedisUnreachable as error:
        return Queues({}, error=str(error))
    return Queues({}, overdue, lags)


async def _able(deps: StoredAndQueued, found: FoundConfigs) -> set[AccountId]:
    """The accounts of these configs whose owners can answer now: those that do not rest."""
    accounts, now = found.around.accounts, found.around.now
    async with reading(deps.session_factory) as session:
        owned = {item.lease.account_id for item in await list_owners(session)}
    return {
        key for key in owned & set(found.homes.values()) if key in accounts and wait_end(accounts[key], now) is None
    }
