"""How far configs are behind their sources: known to the processes that own their accounts, from their last look."""

import asyncio
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tgforward.errors import ConnectionLost
from tgforward.queue.asking import ask_lane
from tgforward.queue.connect import Redis
from tgforward.types import AccountId, ConfigId

if TYPE_CHECKING:
    from tgforward.services.lane import Lane  # whoever asks needs no Telethon, which takes 0.3 s to import

FUNCTION = "tell_lags"
PATIENCE = timedelta(seconds=3)  # an owner whose account rests claims no job, so that it does not answer

Lags = Mapping[ConfigId, int]
"""The source's newest message minus the cursor, for the dest that is furthest behind: an upper bound, ids have gaps."""


async def ask_lags(redis: Redis, accounts: Collection[AccountId]) -> Lags:
    """What the owners of these lanes saw when they last looked; nothing is asked of Telegram.

    A config that nobody has looked at lately is left out.

    Raises:
        RedisUnreachable: they cannot be asked.
    """
    answers = await asyncio.gather(*(_ask(redis, account_id) for account_id in accounts))
    return {ConfigId(number): lag for answer in answers for number, lag in answer}


def tell_lags(lane: "Lane") -> dict[str, Any]:
    """The job in the lane's queue: what this process saw, as plain data."""
    furthest: dict[ConfigId, int] = {}
    for (_, config_id, _), messages in lane.deps.metrics.lag.known(lane.account_id).items():
        furthest[config_id] = max(messages, furthest.get(config_id, 0))
    return {"lags": list(furthest.items())}


async def _ask(redis: Redis, account_id: AccountId) -> list[tuple[int, int]]:
    try:
        answer = await ask_lane(redis, account_id, FUNCTION, patience=PATIENCE)
    except ConnectionLost:
        return []
    return [(number, lag) for number, lag in answer["lags"]]
