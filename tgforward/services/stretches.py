"""A worker tells by how much the intervals of its accounts are stretched, so that `status` can show it."""

import asyncio

import structlog

from tgforward.errors import RedisUnreachable
from tgforward.queue.stretches import store_stretches
from tgforward.services.deps import Deps

TELL_EVERY_S = 2.0  # a third of the time for which it is kept

log = structlog.get_logger(__name__)


async def keep_telling_stretches(deps: Deps) -> None:
    """Tell until cancelled; where nothing is stretched nothing is told."""
    while True:
        await tell_stretches(deps)
        await asyncio.sleep(TELL_EVERY_S)


async def tell_stretches(deps: Deps) -> None:
    """Tell once; a Redis that is away hears it the next time."""
    stretched = deps.metrics.reads.stretched()
    if not stretched:
        return
    try:
        await store_stretches(deps.redis, stretched)
    except RedisUnreachable as error:
        log.debug("stretches_not_told", error=str(error))
