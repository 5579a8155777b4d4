"""Instant configs: a live update runs them at once, and nothing depends on it."""

import asyncio
from collections.abc import MutableMapping, Sequence
from dataclasses import replace
from datetime import timedelta

from structlog.testing import capture_logs

from tests.fixtures.redis import RedisServer
from tests.services.conftest import Town, make_config, owned_lane
from tests.services.runs import row_of, working
from tgforward.queue.connect import connect
from tgforward.sandbox.server import Sandbox
from tgforward.sandbox.world.chats import Chat
from tgforward.services.deps import Deps
from tgforward.services.forward import run_forward_config
from tgforward.types import AccountId, ConfigId

WITHIN = timedelta(seconds=20)
DAY_S = 86_400


async def arrive(sandbox: Sandbox, chat: Chat, texts: list[str]) -> None:
    """Returns once the chat holds so many messages."""
    async with asyncio.timeout(WITHIN.total_seconds()):
        while len(sandbox.journal(chat)) < len(texts):  # noqa: ASYNC110 - it happens in the server
            await asyncio.sleep(0.01)
    assert [entry.text for entry in sandbox.journal(chat)] == texts


async def begun(deps: Deps, config_id: ConfigId) -> None:
    """Returns once its first run has fixed where live messages begin."""
    async with asyncio.timeout(WITHIN.total_seconds()):
        while (await row_of(deps, config_id)).live_cursor is None:  # noqa: ASYNC110 - a worker writes it
            await asyncio.sleep(0.01)


async def test_what_is_posted_arrives_without_a_slot(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town
) -> None:
    """Nobody enqueues anything: the update does, for one post, for a burst, and after the connection was lost."""
    config_id = await make_config(deps, instant=True, interval_second=DAY_S)
    async with working(deps):
        await begun(deps, config_id)
        expected = ["one"]
        town.world.post(town.source, "one", sender=town.editor)
        await arrive(sandbox, town.dest, expected)
        expected += [f"burst {number}" for number in range(30)]
        for text in expected[1:]:
            town.world.post(town.source, text, sender=town.editor)
        await arrive(sandbox, town.dest, expected)
        sandbox.disconnect(town.operator)
        town.world.post(town.source, "while it was away", sender=town.editor)
        await arrive(sandbox, town.dest, [*expected, "while it was away"])


async def test_an_update_while_redis_is_away_is_only_a_lost_hint(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town, redis_server: RedisServer
) -> None:
    """It is told in one line, nothing breaks, and the config's next slot finds the message."""
    pool = await connect(redis_server.url)
    config_id = await make_config(deps, instant=True, interval_second=DAY_S)
    raised: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: raised.append(context))
    with capture_logs() as logs:
        async with owned_lane(replace(deps, redis=pool)) as lane:
            await run_forward_config(lane, config_id, None)
            redis_server.kill()
            town.world.post(town.source, "one", sender=town.editor)
            async with asyncio.timeout(WITHIN.total_seconds()):
                while not lost(logs, config_id):  # noqa: ASYNC110 - an update comes from the server
                    await asyncio.sleep(0.01)
            redis_server.start()
            await run_forward_config(lane, config_id, None)
    await pool.aclose()
    assert raised == []
    await arrive(sandbox, town.dest, ["one"])


def lost(logs: Sequence[MutableMapping[str, object]], config_id: ConfigId) -> bool:
    """Whether the loss of a hint has been told."""
    return any(entry["event"] == "hint_lost" and entry["config_id"] == config_id for entry in logs)
