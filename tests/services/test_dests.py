"""One config, several dests."""

from datetime import UTC, datetime

import pytest

from tests.services.conftest import Town, make_config, owned_lane
from tests.services.runs import run, run_and_crash, standing, texts
from tgforward.db.alerts import list_due_for_chat
from tgforward.db.dests import add_dest, list_dests, remove_dest
from tgforward.db.models.alert import AlertKind
from tgforward.db.models.dest import DestState
from tgforward.db.session import Session, reading
from tgforward.db.transaction import in_transaction
from tgforward.errors import ServerFault
from tgforward.forwarding.outcomes import Done, Snooze
from tgforward.sandbox.server import Sandbox
from tgforward.sandbox.world.chats import Chat
from tgforward.services.configs import edit_config
from tgforward.services.deps import Deps
from tgforward.services.forward import run_forward_config
from tgforward.services.inspection import inspect_in
from tgforward.services.peers import store_peer
from tgforward.types import AccountId, ConfigId


async def further(deps: Deps, account_id: AccountId, town: Town, config_id: ConfigId, name: str) -> Chat:
    """Another dest for the config."""
    chat = town.world.add_channel(name.title(), username=name, admins=[town.operator, town.editor])
    async with owned_lane(deps) as lane:
        peer = (await inspect_in(lane, None, f"@{name}")).dest
    assert peer is not None

    async def store(session: Session) -> None:
        await store_peer(session, account_id, peer)
        await add_dest(session, config_id, peer.chat_id, None)

    await in_transaction(deps.session_factory, store)
    return chat


async def test_every_dest_gets_everything(deps: Deps, account_id: AccountId, town: Town) -> None:
    """History and live messages arrive in each dest, in order, and once."""
    for number in range(120):
        town.world.post(town.source, f"old {number}", sender=town.editor)
    config_id = await make_config(deps, forward_history_count=-1)
    chats = [town.dest, await further(deps, account_id, town, config_id, "other")]
    await run(deps, config_id)
    town.world.post(town.source, "new", sender=town.editor)
    await run(deps, config_id)
    for chat in chats:
        assert texts(chat) == [*(f"old {number}" for number in range(120)), "new"]


async def test_a_dest_that_comes_later_begins_with_what_is_new(deps: Deps, account_id: AccountId, town: Town) -> None:
    """It gets no history, and nothing that the others got before."""
    town.world.post(town.source, "old", sender=town.editor)
    config_id = await make_config(deps, forward_history_count=-1)
    await run(deps, config_id)
    other = await further(deps, account_id, town, config_id, "other")
    town.world.post(town.source, "new", sender=town.editor)
    await run(deps, config_id)
    assert texts(town.dest) == ["old", "new"]
    assert texts(other) == ["new"]


async def test_a_dest_in_slow_mode_keeps_nobody_waiting(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town
) -> None:
    """The others get what is new at once; it gets the same, in order, when it may."""
    config_id = await make_config(deps)
    other = await further(deps, account_id, town, config_id, "other")
    await run(deps, config_id)
    sandbox.faults.add("slowmode_wait", method="messages.ForwardMessages", seconds=1, count=1)  # of the first dest
    town.world.post(town.source, "one", sender=town.editor)
    outcome = await run(deps, config_id)
    assert isinstance(outcome, Done | Snooze)
    assert (texts(town.dest), texts(other)) == ([], ["one"])
    async with owned_lane(deps) as lane:
        await lane.connection()
        while isinstance(await run_forward_config(lane, config_id, None), Snooze):
            pass
    assert (texts(town.dest), texts(other)) == (["one"], ["one"])


async def test_a_closed_dest_is_parked_alone(deps: Deps, account_id: AccountId, town: Town) -> None:
    """A further dest that may not be written to stops, with a reason that people are to be told; the config goes on."""
    config_id = await make_config(deps)
    other = await further(deps, account_id, town, config_id, "other")
    await run(deps, config_id)
    town.world.demote(other, town.operator)
    town.world.post(town.source, "one", sender=town.editor)
    assert await run(deps, config_id) == Done()
    assert texts(town.dest) == ["one"]
    async with reading(deps.session_factory) as session:
        (dest,) = (await list_dests(session, [config_id]))[config_id]
        (alert,) = await list_due_for_chat(session, since=datetime.fromtimestamp(0, UTC), limit=10)
    assert dest.state is DestState.PARKED
    assert "may not write" in (dest.state_reason or "")
    assert (alert.kind, alert.reason) == (AlertKind.DEST_PARKED, dest.state_reason)
    assert (alert.account_id, alert.config_id, alert.dest_number) == (account_id, config_id, dest.number)


async def test_edits_reach_every_dest(deps: Deps, account_id: AccountId, town: Town) -> None:
    """Each copy is edited."""
    config_id = await make_config(deps)
    other = await further(deps, account_id, town, config_id, "other")
    await run(deps, config_id)
    message = town.world.post(town.source, "one", sender=town.editor)
    await run(deps, config_id)
    town.world.edit(message, "two")
    await run(deps, config_id)
    assert (texts(town.dest), texts(other)) == (["two"], ["two"])


async def test_a_removed_dest_gets_nothing_more(deps: Deps, account_id: AccountId, town: Town) -> None:
    """Its number is not used again, so that a new dest gets what is new."""
    config_id = await make_config(deps)
    other = await further(deps, account_id, town, config_id, "other")
    await run(deps, config_id)
    town.world.post(town.source, "one", sender=town.editor)
    await run(deps, config_id)

    async def store(session: Session) -> None:
        await remove_dest(session, config_id, 1)

    await in_transaction(deps.session_factory, store)
    third = await further(deps, account_id, town, config_id, "third")
    await run(deps, config_id)
    town.world.post(town.source, "two", sender=town.editor)
    await run(deps, config_id)
    assert [texts(chat) for chat in (town.dest, other, third)] == [["one", "two"], ["one"], ["two"]]


async def test_replies_stay_inside_each_dest(deps: Deps, account_id: AccountId, town: Town) -> None:
    """A reply answers the copy of its own dest."""
    config_id = await make_config(deps)
    other = await further(deps, account_id, town, config_id, "other")
    await run(deps, config_id)
    for _ in range(3):  # so that the same message has different ids in the two
        town.world.post(other, "theirs", sender=town.editor)
    first = town.world.post(town.source, "question", sender=town.editor)
    town.world.post(town.source, "answer", sender=town.editor, reply_to=first)
    await run(deps, config_id)
    for chat in (town.dest, other):
        question, answer = standing(chat)[-2:]
        assert answer.draft.replied is question


async def test_a_source_that_migrates_is_followed_when_every_dest_has_read_it(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town
) -> None:
    """The dest that comes last to the end of the old group loses nothing of it."""
    group = town.world.add_group("Group", admins=[town.editor], members=[town.operator])
    config_id = await make_config(deps, source=str(group.marked_id))
    other = await further(deps, account_id, town, config_id, "other")
    await run(deps, config_id)
    town.world.post(group, "old", sender=town.editor)
    new = town.world.migrate(group)
    town.world.post(new, "new", sender=town.editor)
    sandbox.faults.add("slowmode_wait", method="messages.ForwardMessages", seconds=1, count=1)  # of the first dest
    await run(deps, config_id)
    assert (texts(town.dest), texts(other)) == ([], ["old"])
    async with owned_lane(deps) as lane:
        while texts(town.dest)[-1:] != ["new"]:
            await run_forward_config(lane, config_id, None)
    assert (texts(town.dest), texts(other)) == (["old", "new"], ["old", "new"])


async def test_a_migration_that_was_settled_and_not_followed(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town
) -> None:
    """The next owner of the lane looks at the last message of an idle group once more."""
    group = town.world.add_group("Group", admins=[town.editor], members=[town.operator])
    config_id = await make_config(deps, source=str(group.marked_id))
    await run(deps, config_id)
    new = town.world.migrate(group)
    town.world.post(new, "new", sender=town.editor)
    sandbox.faults.add("server_error", method="messages.GetDialogs", count=1)
    with pytest.raises(ServerFault):
        await run(deps, config_id)
    await run(deps, config_id)
    assert texts(town.dest) == ["new"]


async def test_a_reply_quotes_nothing_of_an_earlier_dest(
    deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town
) -> None:
    """What was settled in the dest that the config had before is no message of the one that it has now."""
    other = town.world.add_channel("Other", username="other", admins=[town.operator, town.editor])
    for _ in range(3):
        town.world.post(other, "theirs", sender=town.editor)
    config_id = await make_config(deps, add_text="~")
    await run(deps, config_id)
    question = town.world.post(town.source, "question", sender=town.editor)
    await run_and_crash(deps, config_id, sandbox, "messages.SendMessage")
    await edit_config(deps, config_id, {"dest": "@other"}, account=None, actor="test")
    town.world.post(town.source, "answer", sender=town.editor, reply_to=question)
    await run(deps, config_id)
    assert texts(town.dest) == ["question\n~"]
    answer = standing(other)[-1]
    assert (answer.text, answer.draft.replied) == ("answer\n~", None)
