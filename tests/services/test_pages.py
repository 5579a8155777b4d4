"""One fetch serves all configs of a source, and none of them sees anything that is out of date."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from tests.services.conftest import Town, make_config, owned_lane
from tests.services.runs import INTERVAL, MOST_RUNS, MovedClock, row_of, texts
from tgforward.forwarding.outcomes import Continue, Done, Outcome, Snooze
from tgforward.sandbox.server import Sandbox
from tgforward.sandbox.world.chats import Chat
from tgforward.services.deps import Deps
from tgforward.services.forward import run_forward_config
from tgforward.services.lane import Lane
from tgforward.types import AccountId, ConfigId

HISTORY = "messages.GetHistory"


@asynccontextmanager
async def lane_of(deps: Deps, clock: MovedClock, **settings: Any) -> AsyncIterator[Lane]:
    unlimited = {"pace_account_per_s": 0, "pace_dest_per_s": 0}
    changed = deps.settings.model_copy(update={**unlimited, **settings})
    async with owned_lane(replace(deps, clock=clock, settings=changed)) as lane:
        yield lane


async def finish(lane: Lane, config_id: ConfigId) -> Outcome:
    """Run a config as its jobs do until nothing is left at once."""
    for _ in range(MOST_RUNS):
        outcome = await run_forward_config(lane, config_id, 1)
        if not isinstance(outcome, Continue):
            return outcome
    raise AssertionError("it goes on for ever")


async def configs_of(deps: Deps, town: Town, count: int, **fields: Any) -> tuple[list[ConfigId], list[Chat]]:
    """So many configs of the one source, each with a dest of its own."""
    chats = [
        town.world.add_channel(f"Dest {number}", username=f"dest_{number}", admins=[town.operator])
        for number in range(count)
    ]
    return [await make_config(deps, dest=f"@{chat.username}", **fields) for chat in chats], chats


async def test_live_messages_are_fetched_once(deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town) -> None:
    """Five configs run one after the other within an interval: one request for a page, and one more for the next."""
    clock = MovedClock()
    configs, chats = await configs_of(deps, town, 5)
    async with lane_of(deps, clock) as lane:
        for config_id in configs:
            await finish(lane, config_id)
        for text in ("first", "second"):
            town.world.post(town.source, text, sender=town.editor)
            clock.ahead += INTERVAL
            before = sandbox.requests(HISTORY)
            for config_id in configs:
                await finish(lane, config_id)
            assert sandbox.requests(HISTORY) - before == 1
    assert [texts(chat) for chat in chats] == [["first", "second"]] * 5


async def test_history_is_fetched_once_for_those_who_run_together(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town
) -> None:
    """Configs with different windows share each page, also while it is on its way."""
    for number in range(350):
        town.world.post(town.source, str(number), sender=town.editor)
    configs, chats = await configs_of(deps, town, 3, forward_history_count=-1)
    async with lane_of(deps, MovedClock()) as lane:
        for config_id in configs:
            await run_forward_config(lane, config_id, 1)
        before = sandbox.requests(HISTORY)
        outcomes: list[Outcome] = [Continue()]
        while Continue() in outcomes:
            outcomes = await asyncio.gather(*(run_forward_config(lane, config_id, 1) for config_id in configs))
        assert sandbox.requests(HISTORY) - before <= 3
    assert [texts(chat) for chat in chats] == [[str(number) for number in range(350)]] * 3


async def test_history_continues_after_a_restart(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town
) -> None:
    """Each run is another owner's, who begins where the last one has settled; what was fetched ahead is lost."""
    for number in range(250):
        town.world.post(town.source, str(number), sender=town.editor)
    config_id = await make_config(deps, forward_history_count=-1)
    outcome: Outcome = Continue()
    while isinstance(outcome, Continue):
        async with lane_of(deps, MovedClock()) as lane:
            outcome = await run_forward_config(lane, config_id, 1)
    assert texts(town.dest) == [str(number) for number in range(250)]
    assert (await row_of(deps, config_id)).history_forwarded == 250


async def test_an_edit_is_not_served_from_memory(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town
) -> None:
    """A page that another config fetched before the edit does not serve a run that was told of the edit."""
    clock = MovedClock()
    configs, chats = await configs_of(deps, town, 2, rules={"follow": {"edits": "ignore"}})
    async with lane_of(deps, clock) as lane:
        for config_id in configs:
            await finish(lane, config_id)
        post = town.world.post(town.source, "first version", sender=town.editor)
        clock.ahead += INTERVAL
        await finish(lane, configs[0])
        town.world.edit(post, "second version")
        clock.ahead += INTERVAL
        await finish(lane, configs[1])
    assert [texts(chat) for chat in chats] == [["first version"], ["second version"]]


async def test_an_edit_during_the_interval_is_followed(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town
) -> None:
    """Who was served a version that was replaced a moment ago gets the new one at the next slot."""
    clock = MovedClock()
    configs, chats = await configs_of(deps, town, 2)
    async with lane_of(deps, clock) as lane:
        for config_id in configs:
            await finish(lane, config_id)
        post = town.world.post(town.source, "first version", sender=town.editor)
        clock.ahead += INTERVAL
        await finish(lane, configs[0])
        town.world.edit(post, "second version")
        await finish(lane, configs[1])
        clock.ahead += INTERVAL
        for config_id in configs:
            await finish(lane, config_id)
    assert [texts(chat) for chat in chats] == [["second version"]] * 2


async def test_an_edit_before_a_config_begins_shows_in_its_history(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town
) -> None:
    """A history page in memory that is older than the config's first look does not serve it."""
    clock = MovedClock()
    posts = [town.world.post(town.source, str(number), sender=town.editor) for number in range(20)]
    configs, chats = await configs_of(deps, town, 2, forward_history_count=-1)
    async with lane_of(deps, clock) as lane:
        await finish(lane, configs[0])
        town.world.edit(posts[3], "edited")
        clock.ahead += INTERVAL
        await finish(lane, configs[1])
    assert texts(chats[1])[3] == "edited"


async def test_an_album_is_awaited_although_its_page_is_in_memory(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town
) -> None:
    """Whether an album may still grow is a matter of when its page was fetched; the next look is a new one."""
    clock = MovedClock()
    configs, _ = await configs_of(deps, town, 2)
    async with lane_of(deps, clock) as lane:
        for config_id in configs:
            await finish(lane, config_id)
        clock.ahead += INTERVAL
        town.world.post_album(town.source, [("photo", "")] * 2, sender=town.editor)
        clock.ahead -= INTERVAL  # the album is as young as Telegram says
        lane.expire(lane.branches[configs[0]][0].source.chat_id)
        for config_id in configs:
            assert isinstance(await finish(lane, config_id), Snooze)
        before = sandbox.requests(HISTORY)
        clock.ahead += INTERVAL
        for config_id in configs:
            assert await finish(lane, config_id) == Done()
        assert sandbox.requests(HISTORY) - before == 1


async def test_a_flood_wait_of_the_page_ahead_stops_the_sends(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town
) -> None:
    """It is noted with the account, and nothing more is asked for until it is over."""
    for number in range(150):
        town.world.post(town.source, str(number), sender=town.editor)
    config_id = await make_config(deps, forward_history_count=-1)
    async with lane_of(deps, MovedClock()) as lane:
        await lane.connection()
        sandbox.faults.add("delay", method=HISTORY, delay_ms=0, count=2)  # the window, and the first page
        sandbox.faults.add("flood_wait", method=HISTORY, seconds=60)
        outcome = await run_forward_config(lane, config_id, 1)
        assert isinstance(outcome, Snooze)
        assert isinstance(await run_forward_config(lane, config_id, 1), Snooze)
    assert sandbox.flood_violations == 0
