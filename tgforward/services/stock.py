"""A scheduler counts now and then what stands in Redis and in the database, for its metrics."""

import asyncio
from datetime import timedelta

import structlog

from tgforward.db.session import reading
from tgforward.db.stock import count_stock
from tgforward.errors import DatabaseError, RedisUnreachable
from tgforward.queue.backlog import load_backlog
from tgforward.services.stores import StoredAndQueued

COUNT_QUEUES_EVERY_S = 5.0
COUNT_ROWS_EVERY = timedelta(seconds=30)  # a scan of 100,000 configs takes some 50 ms of the database

log = structlog.get_logger()


async def take_stock(deps: StoredAndQueued) -> None:
    """Count until cancelled; while a store is away, its gauges keep their last value."""
    rows_at = deps.clock.monotonic()
    while True:
        await _count_queues(deps)
        if deps.clock.monotonic() >= rows_at:
            rows_at += COUNT_ROWS_EVERY.total_seconds()
            await _count_rows(deps)
        await asyncio.sleep(COUNT_QUEUES_EVERY_S)


async def _count_queues(deps: StoredAndQueued) -> None:
    try:
        found = await load_backlog(deps.redis)
    except RedisUnreachable as error:
        log.debug("queues_not_counted", error=str(error))
        return
    deps.metrics.stock.queues(
        due=found.due, running=found.running, later=found.later, oldest_s=found.oldest.total_seconds()
    )


async def _count_rows(deps: StoredAndQueued) -> None:
    try:
        async with reading(deps.session_factory) as session:
            found = await count_stock(session, deps.clock.now())
    except DatabaseError as error:
        log.debug("rows_not_counted", error=str(error))
        return
    deps.metrics.stock.stored(
        configs=found.configs,
        accounts=found.accounts,
        resting=found.resting,
        dead=found.dead,
        workers=found.workers,
    )
