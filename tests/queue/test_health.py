"""arq's health key, one for each process, and one for the host."""

import asyncio
from datetime import timedelta

from arq import ArqRedis

from tests.queue.test_lane_worker import Runs, working
from tgforward.queue.health import HealthKeys

HOST = "arq:queue:health-check:host"
FIRST, SECOND = HealthKeys(HOST, f"{HOST}:1"), HealthKeys(HOST, f"{HOST}:2")


async def shown(redis: ArqRedis) -> list[bool]:
    return [bool(await redis.exists(key)) for key in (HOST, FIRST.of_process, SECOND.of_process)]


async def until_shown(redis: ArqRedis, keys: HealthKeys) -> None:
    async with asyncio.timeout(30):
        while await redis.exists(keys.of_process, keys.of_host) != 2:  # noqa: ASYNC110 - Redis sends no signal
            await asyncio.sleep(0.01)


async def test_a_host_is_alive_while_one_of_its_processes_is(redis: ArqRedis) -> None:
    """Each process has a key of its own; the host's, which `--check` looks at, goes with the last of them."""
    options = {"health_check": timedelta(seconds=10)}
    async with working(redis, Runs(), health_keys=FIRST, **options):
        async with working(redis, Runs(), health_keys=SECOND, **options):
            await until_shown(redis, FIRST)
            await until_shown(redis, SECOND)
            assert await shown(redis) == [True, True, True]
        assert await shown(redis) == [True, True, False]
        assert b"j_complete=0" in (await redis.get(HOST) or b"")
    assert await shown(redis) == [False, False, False]


async def test_a_killed_process_keeps_nobody_alive(redis: ArqRedis) -> None:
    """A process that is gone without a word is not counted when the last one ends."""
    options = {"health_check": timedelta(seconds=10)}
    async with working(redis, Runs(), health_keys=FIRST, **options):
        await until_shown(redis, FIRST)
        await redis.sadd(f"{HOST}:processes", SECOND.of_process)  # type: ignore[misc]  # redis-py: sync or async
    assert await shown(redis) == [False, False, False]
