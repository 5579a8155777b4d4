"""Redis dies, is emptied and comes back under the real processes."""

import asyncio
import os
import random
from contextlib import ExitStack
from dataclasses import replace

import pytest

from tests.e2e.fleet import open_fleet, shares
from tests.e2e.installation import Installation
from tests.e2e.test_main_job import SCHEDULER, WORKER
from tests.fixtures.redis import RedisServer

AWAY_S = float(os.environ.get("TGFORWARD_TEST_OUTAGE_S", "6"))  # a minute was tried by hand: same result


@pytest.fixture
def mortal(embedded: Installation, redis_server: RedisServer) -> Installation:
    """SQLite, and a Redis of the test's own, to be killed."""
    return replace(embedded, environment={**embedded.environment, "REDIS_URL": redis_server.url})


async def test_redis_dies_again_and_again(mortal: Installation, redis_server: RedisServer) -> None:
    """Whatever the processes do at that moment, none ends, and messages arrive once, in order, and soon after."""
    chance = random.Random(7)  # noqa: S311 - a test
    texts = []
    async with open_fleet(mortal, 2) as fleet:
        with ExitStack() as stack:
            processes = [
                stack.enter_context(mortal.start(command, name))
                for name, command in (("scheduler", SCHEDULER), ("worker", WORKER))
            ]
            await fleet.until_owned(lambda owned: shares(owned) == [2])
            for number in range(6):
                texts.append(f"message {number}")
                await fleet.post_everywhere(texts[-1])
                await asyncio.sleep(chance.uniform(0, 1))
                redis_server.kill()
                await asyncio.sleep(chance.choice([0, 0.3, 1.5]))
                await asyncio.to_thread(redis_server.start)
                if chance.random() < 0.5:
                    await asyncio.to_thread(redis_server.flush)
            assert await fleet.until_arrived(texts[-1]) < 8
            assert [process.poll() for process in processes] == [None, None]
            for number in range(fleet.size):
                assert await fleet.texts(number) == texts
        assert [process.returncode for process in processes] == [0, 0]
    assert "Traceback" not in mortal.log("scheduler") + mortal.log("worker")


async def test_processes_wait_for_redis_and_can_be_ended_meanwhile(
    mortal: Installation, redis_server: RedisServer
) -> None:
    """However long Redis is away the processes stay, and SIGTERM still ends them in peace."""
    async with open_fleet(mortal, 1) as fleet:
        with ExitStack() as stack:
            processes = [
                stack.enter_context(mortal.start(command, name))
                for name, command in (("scheduler", SCHEDULER), ("worker", WORKER))
            ]
            await fleet.until_owned(lambda owned: shares(owned) == [1])
            await until_started(mortal)
            redis_server.kill()
            await fleet.post_everywhere("while it is away")
            await asyncio.sleep(AWAY_S)
            assert [process.poll() for process in processes] == [None, None]
            await asyncio.to_thread(redis_server.start)
            await fleet.until_arrived("while it is away")
            redis_server.kill()
            for process in processes:
                process.terminate()
            assert [await asyncio.to_thread(process.wait, 12) for process in processes] == [0, 0]
    assert "Traceback" not in mortal.log("scheduler") + mortal.log("worker")


async def until_started(installation: Installation) -> None:
    """Wait until the scheduler is past its start: a start without Redis is refused, not waited for."""
    async with asyncio.timeout(60):
        while "scheduler_started" not in installation.log("scheduler"):  # noqa: ASYNC110 - a file of another process
            await asyncio.sleep(0.1)
