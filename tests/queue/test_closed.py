"""A connection that was closed under somebody's hands is a lost connection, whatever the loop calls it."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
import uvloop
from redis.exceptions import ConnectionError as LostConnection

from tgforward.queue.connect import connect

TURNS = range(10)


async def write_after_the_end(url: str) -> None:
    """Write on a connection whose transport is closed, as it is when the server has gone away."""
    redis = await connect(url)
    try:
        async with redis.pubsub() as messages:
            await messages.subscribe("one")
            messages.connection._writer.close()  # nobody else ends one at a chosen moment
            await messages.unsubscribe("one")
    finally:
        await redis.aclose()


async def write_while_another_gives_up(url: str, turns: int) -> None:
    """Write on a connection that another task disconnects after so many turns of the loop."""
    redis = await connect(url)
    try:
        async with redis.pubsub() as messages:
            await messages.subscribe("one")
            writing = asyncio.create_task(messages.unsubscribe("one"))
            for _ in range(turns):
                await asyncio.sleep(0)
            await messages.connection.disconnect(nowait=True)
            await writing
    finally:
        await redis.aclose()


def test_a_closed_transport_is_a_lost_connection(redis_url: str) -> None:
    """For it uvloop raises RuntimeError."""
    with ThreadPoolExecutor(1) as pool, pytest.raises(LostConnection, match="closed"):
        pool.submit(uvloop.run, write_after_the_end(redis_url)).result()


@pytest.mark.parametrize("turns", TURNS)
def test_a_connection_given_up_by_another_task_is_lost_at_worst(redis_url: str, turns: int) -> None:
    """Between two turns the writer is gone, for which Python raises AttributeError."""
    with ThreadPoolExecutor(1) as pool, suppress(LostConnection):
        pool.submit(uvloop.run, write_while_another_gives_up(redis_url, turns)).result()
