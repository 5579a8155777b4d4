"""By how much the intervals of accounts are stretched, as their owners told last: forgotten when they tell no more."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from arq import ArqRedis

from tgforward.queue.enqueue import to_ms
from tgforward.queue.failures import reachable
from tgforward.queue.names import stretch_key
from tgforward.types import AccountId

KEPT_FOR = timedelta(seconds=6)


async def store_stretches(redis: ArqRedis, stretches: Mapping[AccountId, timedelta]) -> None:
    """Tell of some accounts.

    Raises:
        RedisUnreachable: it does not answer.
    """
    async with reachable(redis), redis.pipeline(transaction=False) as pipe:
        for account_id, stretch in stretches.items():
            pipe.set(stretch_key(account_id), to_ms(stretch), px=KEPT_FOR)
        await pipe.execute()


async def load_stretches(redis: ArqRedis, accounts: Sequence[AccountId]) -> dict[AccountId, timedelta]:
    """Those of these accounts of which somebody told within the last six seconds.

    Raises:
        RedisUnreachable: it does not answer.
    """
    if not accounts:
        return {}
    async with reachable(redis):
        found = await redis.mget([stretch_key(account_id) for account_id in accounts])
    told = zip(accounts, found, strict=True)
    return {account_id: timedelta(milliseconds=int(ms)) for account_id, ms in told if ms is not None}
