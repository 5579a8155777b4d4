"""What a client is told that was away: edits, deletions, pins, and when it was away for too long."""

from typing import Any

import pytest
from telethon.tl import functions, types

from tests.fixtures.sandbox import Connect
from tests.sandbox.calls import peer
from tgforward.sandbox.server import Sandbox
from tgforward.sandbox.world.accounts import Account
from tgforward.sandbox.world.chats import Chat
from tgforward.sandbox.world.world import World


@pytest.fixture
def difference(connect: Connect, sandbox: Sandbox, anna: Account, news: Chat) -> Any:
    """Asks what Anna has missed in News since `pts`."""

    async def ask(pts: int, limit: int = 100) -> Any:
        where = peer(sandbox, anna, news)
        every = types.ChannelMessagesFilterEmpty()
        return await (await connect(anna))(functions.updates.GetChannelDifferenceRequest(where, every, pts, limit))

    return ask


async def test_changes_in_their_order(difference: Any, news: Chat, world: World) -> None:
    """Edits, deletions and pins are told with rising numbers, a deletion counting each of its messages."""
    posts = [world.post(news, str(number)) for number in range(3)]
    known = news.log.pts
    world.edit(posts[0], "edited")
    world.touch(posts[1])
    world.pin(posts[0])
    world.pin(posts[0], pinned=False)
    world.store.delete(news, [posts[1].id, posts[2].id])
    world.post(news, "new")
    answer = await difference(known)
    edited, touched, pinned, unpinned, deleted = answer.other_updates
    assert (edited.message.message, bool(edited.message.edit_hide)) == ("edited", False)
    assert (touched.message.message, touched.message.edit_hide) == ("1", True)
    assert touched.message.edit_date is not None
    assert [(update.messages, bool(update.pinned)) for update in (pinned, unpinned)] == [
        ([posts[0].id], True),
        ([posts[0].id], False),
    ]
    assert deleted.messages == [posts[1].id, posts[2].id]
    numbers = [(update.pts - known, update.pts_count) for update in answer.other_updates]
    assert numbers == [(1, 1), (2, 1), (3, 1), (5, 1), (7, 2)]
    assert [message.message for message in answer.new_messages] == [None, "new"]
    assert (answer.pts, answer.final) == (news.log.pts, True)


async def test_a_difference_in_pieces(difference: Any, news: Chat, world: World) -> None:
    """A client that asks for few events goes on from the number that it was given."""
    post = world.post(news, "text")
    pts = known = news.log.pts
    for number in range(5):
        world.edit(post, str(number))
    seen = 0
    while not (answer := await difference(pts, 2)).final:
        seen, pts = seen + len(answer.other_updates), answer.pts
    assert (seen + len(answer.other_updates), answer.pts) == (5, known + 5)


async def test_too_old(difference: Any, news: Chat, world: World) -> None:
    """A log that keeps two events tells those; who has missed more gets the newest messages and the present number."""
    world.keep_events(2)
    posts = [world.post(news, str(number)) for number in range(4)]
    told = await difference(news.log.pts - 2)
    assert [message.message for message in told.new_messages] == ["2", "3"]
    late = await difference(news.log.pts - 3)
    assert isinstance(late, types.updates.ChannelDifferenceTooLong)
    assert (late.dialog.pts, late.dialog.top_message, late.final) == (news.log.pts, posts[-1].id, True)
    assert [message.message for message in late.messages] == ["3", "2", "1", "0"]
    assert isinstance(await difference(late.dialog.pts), types.updates.ChannelDifferenceEmpty)


async def test_an_account_was_away_for_too_long(connect: Connect, anna: Account, ed: Account, world: World) -> None:
    """The account's own sequence is forgotten in the same way, also for who comes later."""
    world.keep_events(1)
    group = world.add_group("Friends", admins=[anna], members=[ed])
    client = await connect(anna)
    state = await client(functions.updates.GetStateRequest())
    for text in ("one", "two"):
        world.post(group, text, sender=ed)
    answer = await client(functions.updates.GetDifferenceRequest(state.pts, state.date, 0))
    assert answer == types.updates.DifferenceTooLong(state.pts + 2)
    world.keep_events(None)
    world.post(group, "three", sender=ed)
    told = await client(functions.updates.GetDifferenceRequest(state.pts + 1, state.date, 0))
    assert [message.message for message in told.new_messages] == ["two", "three"]


async def test_dialogs_tell_the_number(
    connect: Connect, sandbox: Sandbox, anna: Account, ed: Account, news: Chat, world: World
) -> None:
    """Channels say in the list of chats and when they are asked for where their sequence stands; groups do not."""
    group = world.add_group("Friends", admins=[anna], members=[ed])
    post = world.post(news, "text")
    world.edit(post, "edited")
    client = await connect(anna)
    peers = [types.InputDialogPeer(peer(sandbox, anna, chat)) for chat in (news, group)]
    asked = await client(functions.messages.GetPeerDialogsRequest(peers))
    assert [dialog.pts for dialog in asked.dialogs] == [news.log.pts, None]
    listed = {dialog.id: dialog.dialog.pts for dialog in await client.get_dialogs()}
    assert listed == {news.marked_id: news.log.pts, group.marked_id: None}
