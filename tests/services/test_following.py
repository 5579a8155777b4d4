"""Edits and deletions of forwarded messages are carried over, once, also through a crash."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from tests.services.conftest import Town, make_config, owned_lane
from tests.services.runs import INTERVAL, MovedClock, row_of, run, run_and_crash, standing, texts
from tgforward.db.deliveries import list_deliveries
from tgforward.db.models import DeliveryState
from tgforward.db.session import reading
from tgforward.errors import ServerFault
from tgforward.forwarding.outcomes import Done
from tgforward.sandbox.server import Sandbox
from tgforward.services.deps import Deps
from tgforward.services.forward import run_forward_config
from tgforward.types import AccountId, ConfigId

DIFFERENCE, EDIT = "updates.GetChannelDifference", "messages.EditMessage"


async def begin(deps: Deps, town: Town, *names: str, **fields: Any) -> ConfigId:
    """A config that has forwarded messages of these texts as live ones."""
    config_id = await make_config(deps, **fields)
    await run(deps, config_id)
    for name in names:
        town.world.post(town.source, name, sender=town.editor)
    await run(deps, config_id)
    return config_id


def follow(**options: Any) -> dict[str, Any]:
    return {"rules": {"follow": options}}


async def test_an_edit_is_carried_over(deps: Deps, account_id: AccountId, town: Town) -> None:
    """The copy is edited in its place, by the same rules as the first version."""
    config_id = await begin(deps, town, "first", "second", add_text="~")
    town.world.edit(standing(town.source)[0], "better")
    await run(deps, config_id)
    assert texts(town.dest) == ["better\n~", "second\n~"]


async def test_nothing_changed_costs_nothing(deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town) -> None:
    """New messages alone are no reason to ask for changes, and neither is an idle source."""
    config_id = await begin(deps, town)
    clock = MovedClock()
    async with owned_lane(replace(deps, clock=clock)) as lane:
        for name in ("", "first", "second", ""):
            if name:
                town.world.post(town.source, name, sender=town.editor)
            await run_forward_config(lane, config_id, 1)
            clock.ahead += INTERVAL
    assert texts(town.dest) == ["first", "second"]
    assert sandbox.requests(DIFFERENCE) == 0
    assert (await row_of(deps, config_id)).change_pts == town.source.log.pts


async def test_edits_while_nobody_ran(deps: Deps, account_id: AccountId, town: Town) -> None:
    """What changed and what is new since the last run arrive in one run."""
    config_id = await begin(deps, town, "first")
    town.world.edit(standing(town.source)[0], "1st")
    town.world.post(town.source, "second", sender=town.editor)
    town.world.edit(standing(town.source)[1], "2nd")
    await run(deps, config_id)
    assert texts(town.dest) == ["1st", "2nd"]


async def test_edits_of_history(deps: Deps, account_id: AccountId, town: Town) -> None:
    """What was edited after the window was fixed is followed, too."""
    for number in range(3):
        town.world.post(town.source, f"old {number}", sender=town.editor)
    config_id = await make_config(deps, forward_history_count=-1)
    await run(deps, config_id)
    town.world.edit(standing(town.source)[1], "mended")
    await run(deps, config_id)
    assert texts(town.dest) == ["old 0", "mended", "old 2"]


async def test_a_reaction_changes_nothing(deps: Deps, account_id: AccountId, town: Town) -> None:
    """An edit that says nothing new is answered with MESSAGE_NOT_MODIFIED, and that is no error."""
    config_id = await begin(deps, town, "first")
    town.world.touch(standing(town.source)[0])
    assert await run(deps, config_id) == Done()
    assert texts(town.dest) == ["first"]


async def test_a_caption_and_a_member_of_an_album(deps: Deps, account_id: AccountId, town: Town) -> None:
    """Captions are edited under their media; the other members stay as they are."""
    config_id = await begin(deps, town)
    album = town.world.post_album(town.source, [("photo", "one"), ("video", "two")], sender=town.editor)
    alone = town.world.post(town.source, "under", media="photo", sender=town.editor)
    await run(deps, config_id)
    town.world.edit(album[1], "deux")
    town.world.edit(alone, "below")
    await run(deps, config_id)
    assert texts(town.dest) == ["one", "deux", "below"]
    assert [message.media_id for message in standing(town.dest)] == [*(item.media_id for item in album), alone.media_id]


async def test_deletions_are_ignored_by_default(deps: Deps, account_id: AccountId, town: Town) -> None:
    """A copy stays when its original goes."""
    config_id = await begin(deps, town, "first", "second")
    town.world.delete(standing(town.source)[0])
    await run(deps, config_id)
    assert texts(town.dest) == ["first", "second"]


async def test_deletions_are_followed_on_demand(deps: Deps, account_id: AccountId, town: Town) -> None:
    """The copy goes too, and the ledger remembers that it was there."""
    config_id = await begin(deps, town, "first", "second", **follow(deletions="delete"))
    town.world.delete(standing(town.source)[0])
    await run(deps, config_id)
    assert texts(town.dest) == ["second"]
    async with reading(deps.session_factory) as session:
        (row,) = await list_deliveries(session, DeliveryState.WITHDRAWN)
    assert row.config_id == config_id
    town.world.post(town.source, "third", sender=town.editor)
    await run(deps, config_id)
    assert texts(town.dest) == ["second", "third"]


async def test_new_versions_are_appended_on_demand(deps: Deps, account_id: AccountId, town: Town) -> None:
    """Each version is a message of its own that answers the first copy."""
    config_id = await begin(deps, town, "first", "second", **follow(edits="append"))
    town.world.edit(standing(town.source)[0], "better")
    await run(deps, config_id)
    await run(deps, config_id)
    assert texts(town.dest) == ["first", "second", "better"]
    first, _, better = standing(town.dest)
    assert better.draft.replied is first


async def test_edits_are_ignored_on_demand(deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town) -> None:
    """Nothing is asked and nothing is changed."""
    config_id = await begin(deps, town, "first", **follow(edits="ignore"))
    town.world.edit(standing(town.source)[0], "better")
    await run(deps, config_id)
    assert texts(town.dest) == ["first"]
    assert sandbox.requests(DIFFERENCE) == 0


@pytest.mark.parametrize("edits", ["update", "append"])
async def test_a_crash_neither_repeats_nor_forgets(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town, edits: str
) -> None:
    """A worker that dies after the request was executed and before the answer came leaves nothing undone or doubled."""
    config_id = await begin(deps, town, "first", "second", **follow(edits=edits))
    town.world.edit(standing(town.source)[0], "1st")
    town.world.edit(standing(town.source)[1], "2nd")
    method = EDIT if edits == "update" else "messages.ForwardMessages"
    await run_and_crash(deps, config_id, sandbox, method)
    await run(deps, config_id)
    await run(deps, config_id)
    assert texts(town.dest) == (["1st", "2nd"] if edits == "update" else ["first", "second", "1st", "2nd"])


async def test_changes_that_the_server_has_forgotten(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town
) -> None:
    """A difference that is too old is replaced by reading what was forwarded once more."""
    config_id = await begin(deps, town, "first", "second", "third", **follow(deletions="delete"))
    town.world.edit(standing(town.source)[0], "1st")
    town.world.delete(standing(town.source)[1])
    town.world.keep_events(1)
    await run(deps, config_id)
    assert texts(town.dest) == ["1st", "third"]
    before = sandbox.requests(DIFFERENCE)
    await run(deps, config_id)
    assert sandbox.requests(DIFFERENCE) == before


async def test_an_edit_that_telegram_refuses(deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town) -> None:
    """A copy that can no longer be edited stays, and the config goes on."""
    config_id = await begin(deps, town, "first")
    sandbox.faults.add("error", method=EDIT, error="MESSAGE_EDIT_TIME_EXPIRED", count=1)
    town.world.edit(standing(town.source)[0], "late")
    await run(deps, config_id)
    town.world.post(town.source, "second", sender=town.editor)
    assert await run(deps, config_id) == Done()
    assert texts(town.dest) == ["first", "second"]


async def test_a_text_that_grows_and_shrinks(deps: Deps, account_id: AccountId, town: Town) -> None:
    """Pieces that an edited text needs are sent below it, those that it needs no more are deleted."""
    config_id = await begin(deps, town, "short", add_text="~")
    message = standing(town.source)[0]
    town.world.edit(message, "word " * 819)  # with the added line it is longer than a message may be
    town.world.post(town.source, "next", sender=town.editor)
    await run(deps, config_id)
    grown = texts(town.dest)
    town.world.edit(message, "short again")
    await run(deps, config_id)
    assert len(grown) in (2, 3)
    assert texts(town.dest) == ["short again\n~", "next\n~"]


async def test_messages_of_long_ago_stay(deps: Deps, account_id: AccountId, town: Town) -> None:
    """Only what was forwarded within the last days is followed."""
    config_id = await begin(deps, town, "first", **follow(days=1))
    async with owned_lane(deps) as lane:
        assert (await run_forward_config(lane, config_id, None)) == Done()
        (branch,) = lane.branches[config_id].values()
        assert branch.follow.within.days == 1


@pytest.mark.parametrize("rules", [{}, {"add_text": "~"}])
async def test_deleted_between_the_send_and_its_answer(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town, rules: dict[str, str]
) -> None:
    """A copy of which only Telegram knows, and whose original is gone, is recognised at the dest and deleted too."""
    config_id = await begin(deps, town, "first", **follow(deletions="delete"), **rules)
    town.world.post(town.source, "second", sender=town.editor)
    await run_and_crash(deps, config_id, sandbox, "messages.SendMessage" if rules else "messages.ForwardMessages")
    town.world.delete(standing(town.source)[1])
    assert len(standing(town.dest)) == 2
    async with owned_lane(deps) as lane:
        for _ in range(4):
            await run_forward_config(lane, config_id, None)
    assert len(standing(town.dest)) == 1
    async with reading(deps.session_factory) as session:
        assert not await list_deliveries(session, DeliveryState.RESERVED)
        assert len(await list_deliveries(session, DeliveryState.WITHDRAWN)) == 1


async def test_two_edits_within_a_second(deps: Deps, account_id: AccountId, town: Town) -> None:
    """The last one stands in the end, although both have the same edit date."""
    config_id = await begin(deps, town, "first")
    town.world.store.edit_times_rise = False
    for text in ("better", "best"):
        town.world.edit(standing(town.source)[0], text)
        await run(deps, config_id)
    assert texts(town.dest) == ["best"]


async def test_messages_that_wait_hide_no_deletion(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town
) -> None:
    """As many deletions as messages that were counted already and not sent yet are still noticed."""
    config_id = await begin(deps, town, "a", "b", "c", **follow(deletions="delete"))
    async with owned_lane(deps) as lane:
        await run_forward_config(lane, config_id, None)
        sandbox.faults.add("server_error", method="messages.ForwardMessages", count=1)
        for name in "xyz":
            town.world.post(town.source, name, sender=town.editor)
        with pytest.raises(ServerFault):
            await run_forward_config(lane, config_id, None)
        town.world.delete(*standing(town.source)[:3])
        for _ in range(3):
            await run_forward_config(lane, config_id, None)
    assert texts(town.dest) == ["x", "y", "z"]


@pytest.mark.parametrize("rules", [{}, {"add_text": "~"}])
async def test_deleted_while_it_is_sent_again(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town, rules: dict[str, str]
) -> None:
    """A message that goes between the page and the second attempt is known by what the first one brought."""
    config_id = await begin(deps, town, "first", **follow(deletions="delete"), **rules)
    method = "messages.SendMessage" if rules else "messages.ForwardMessages"
    second = town.world.post(town.source, "second", sender=town.editor)
    await run_and_crash(deps, config_id, sandbox, method)
    held = sandbox.faults.add("delay", method=method, delay_ms=300, count=1)
    async with owned_lane(deps) as lane:
        task = asyncio.create_task(run_forward_config(lane, config_id, None))
        async with asyncio.timeout(20):
            while not held.hits:  # noqa: ASYNC110 - it is hit in the server
                await asyncio.sleep(0.01)
        town.world.delete(second)
        await task
        for _ in range(3):
            await run_forward_config(lane, config_id, None)
    assert texts(town.dest) == ["first\n~" if rules else "first"]


async def test_a_crash_while_a_vanished_message_is_settled(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town
) -> None:
    """A worker that dies after it deleted the copy, and before it wrote that down, leaves nothing undone."""
    config_id = await begin(deps, town, "first", **follow(deletions="delete"))
    second = town.world.post(town.source, "second", sender=town.editor)
    await run_and_crash(deps, config_id, sandbox, "messages.ForwardMessages")
    town.world.delete(second)
    await run_and_crash(deps, config_id, sandbox, "channels.DeleteMessages")
    await run(deps, config_id)
    assert texts(town.dest) == ["first"]
    async with reading(deps.session_factory) as session:
        assert not await list_deliveries(session, DeliveryState.RESERVED)
