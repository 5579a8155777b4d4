"""Instant configs: a live update runs them at once, and nothing depends on it."""

import asyncio
from datetime import timedelta

from tests.services.conftest import Town, make_config
from tests.services.runs import row_of, working
from tgforward.sandbox.server import Sandbox
from tgforward.sandbox.world.chats import Chat
from tgforward.services.deps import Deps
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
