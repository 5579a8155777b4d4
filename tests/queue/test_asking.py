"""Questions to the owner of an account."""

import asyncio

import pytest

from tests.fixtures.redis import RedisServer
from tgforward.errors import RedisUnreachable
from tgforward.queue.asking import ask_lane
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
