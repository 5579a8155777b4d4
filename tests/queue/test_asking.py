"""Questions to the owner of an account."""

import asyncio

import pytest
from arq import ArqRedis

from tests.fixtures.redis import RedisServer
from tgforward.errors import RedisUnreachable
from tgforward.queue.asking import answer, ask_lane
from tgforward.queue.connect import connect
from tgforward.queue.names import lane_queue
from tgforward.types import AccountId


async def test_redis_dies_while_an_answer_is_waited_for(redis_server: RedisServer) -> None:
    """Who asked reads one sentence, neither an error of redis-py's nor nothing for a long time."""
    asking, looking = await connect(redis_server.url), await connect(redis_server.url)
    question = asyncio.create_task(ask_lane(asking, AccountId(1), "inspect_chats"))
    async with asyncio.timeout(10):
        while not await looking.zcard(lane_queue(AccountId(1))):  # noqa: ASYNC110 - it changes in Redis
            await asyncio.sleep(0.01)
        redis_server.kill()
        with pytest.raises(RedisUnreachable, match=r"redis\.sock cannot be used"):
            await question
    await asking.aclose()
    await looking.aclose()


async def test_redis_is_emptied_while_an_answer_is_waited_for(redis_server: RedisServer) -> None:
    """The question is asked again, under the same id, and is answered then."""
    asking, answering = await connect(redis_server.url), await connect(redis_server.url)
    queue = lane_queue(AccountId(1))
    question = asyncio.create_task(ask_lane(asking, AccountId(1), "inspect_chats"))
    async with asyncio.timeout(10):
        asked = await _next_job(answering, queue)
        await answering.flushall()
        assert await _next_job(answering, queue) == asked
        await answer(answering, asked, {"title": "here"})
        assert await question == {"title": "here"}
    await asking.aclose()
    await answering.aclose()


async def _next_job(redis: ArqRedis, queue: str) -> str:
    while not (found := await redis.zrange(queue, 0, 0)):  # noqa: ASYNC110 - it changes in Redis
        await asyncio.sleep(0.01)
    return str(found[0].decode())
