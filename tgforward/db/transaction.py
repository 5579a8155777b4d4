"""Units of work that are run again when the database asks for it."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

from tgforward.db.failures import is_transient, reachable
from tgforward.db.session import Session, SessionFactory

T = TypeVar("T")

TRIES = 8
BASE_DELAY_S = 0.02
MAX_DELAY_S = 1.0


async def in_transaction(factory: SessionFactory, work: Callable[[Session], Awaitable[T]]) -> T:
    """What `work` returns, committed; it is run again from the start after deadlocks and lost connections.

    `work` does nothing but talk to its session. A commit whose answer was lost may have happened, so `work` must come
    to the same result twice: upserts, compare-and-set.

    Raises:
        DatabaseUnreachable: it failed `TRIES` times, or there is no connection.
    """
    async with reachable(factory.kw["bind"]):
        for attempt in range(TRIES - 1):
            try:
                return await _once(factory, work)
            except Exception as error:
                if not is_transient(error):
                    raise
            await asyncio.sleep(_jitter_s(attempt))
        return await _once(factory, work)


async def _once(factory: SessionFactory, work: Callable[[Session], Awaitable[T]]) -> T:
    async with factory.turn, factory.begin() as session:
        return await work(session)


def _jitter_s(attempt: int) -> float:
    """Full jitter: anything up to a bound that doubles."""
    return random.uniform(0, min(MAX_DELAY_S, BASE_DELAY_S * 2**attempt))  # noqa: S311 - spreads load, guards nothing
