"""Updates."""

import asyncio
from typing import Any

from telethon import events
from telethon.tl import functions, types

from tests.fixtures.sandbox import Connect
from tests.sandbox.calls import peer
from tgforward.sandbox.server import Sandbox
from tgforward.sandbox.world.accounts import Account
from tgforward.sandbox.world.chats import Chat
from tgforward.sandbox.world.world import World


async def listening(connect: Connect, account: Account) -> tuple[Any, asyncio.Queue[Any]]:
    client = await connect(account, receive_updates=True)
    queue: asyncio.Queue[Any] = asyncio.Queue()
    client.add_event_handler(queue.put, events.NewMessage())
    client.add_event_handler(queue.put, events.MessageEdited())
    client.add_event_handler(queue.put, events.MessageDeleted())
    return client, queue


async def test_members_hear_of_messages(connect: Connect, anna: Account, news: Chat, world: World) -> None:
    """A connected member is told of new, edited and deleted messages, in order."""
    _, queue = await listening(connect, anna)
    post = world.post(news, "first")
    world.edit(post, "second")
    world.delete(post)
    async with asyncio.timeout(10):
        new, edited, deleted = [await queue.get() for _ in range(3)]
    assert (new.text, edited.text, deleted.deleted_ids) == ("first", "second", [post.id])
    assert new.chat_id == news.marked_id


async def test_groups_and_private_chats_too(connect: Connect, anna: Account, ed: Account, world: World) -> None:
    """Messages that are numbered per account arrive in the account's own sequence."""
    group = world.add_group("Friends", admins=[anna], members=[ed])
    _, queue = await listening(connect, anna)
    for number in range(3):
        world.post(group, str(number), sender=ed)
    async with asyncio.timeout(10):
        assert [(await queue.get()).text for _ in range(3)] == ["0", "1", "2"]


async def test_who_sends_is_not_told(connect: Connect, sandbox: Sandbox, anna: Account, copies: Chat) -> None:
    """The sending connection has its answer, another one of the same account gets the update."""
    sender, queue = await listening(connect, anna)
    _, others = await listening(connect, anna)
    await sender.send_message(peer(sandbox, anna, copies), "text")
    async with asyncio.timeout(10):
        assert (await others.get()).text == "text"
    assert queue.empty()


async def test_without_updates_none_are_sent(connect: Connect, anna: Account, news: Chat, world: World) -> None:
    """A client that wraps everything in `invokeWithoutUpdates` is left alone."""
    client = await connect(anna, receive_updates=False)
    queue: asyncio.Queue[Any] = asyncio.Queue()
    client.add_event_handler(queue.put, events.NewMessage())
    world.post(news, "text")
    await client(functions.help.GetNearestDcRequest())
    await asyncio.sleep(0)
    assert queue.empty()


async def test_the_difference_of_a_channel(
    connect: Connect, sandbox: Sandbox, anna: Account, news: Chat, world: World
) -> None:
    """A client that was away gets what it has missed, at most 100 events at a time."""
    client = await connect(anna)
    posts = [world.post(news, str(number)) for number in range(130)]
    world.delete(posts[0])

    async def difference(pts: int) -> Any:
        return await client(
            functions.updates.GetChannelDifferenceRequest(
                peer(sandbox, anna, news), types.ChannelMessagesFilterEmpty(), pts, 100
            )
        )

    first = await difference(1)
    rest = await difference(first.pts)
    assert ([len(first.new_messages), first.final], [len(rest.new_messages), rest.final]) == ([100, False], [30, True])
    assert [update.messages for update in rest.other_updates] == [[posts[0].id]]
    assert isinstance(await difference(rest.pts), types.updates.ChannelDifferenceEmpty)


async def test_the_difference_of_an_account(connect: Connect, anna: Account, ed: Account, world: World) -> None:
    """Missed messages of groups are in the account's own difference."""
    group = world.add_group("Friends", admins=[anna], members=[ed])
    client = await connect(anna)
    state = await client(functions.updates.GetStateRequest())
    world.post(group, "missed", sender=ed)
    answer = await client(functions.updates.GetDifferenceRequest(state.pts, state.date, 0))
    assert [message.message for message in answer.new_messages] == ["missed"]
    assert answer.state.pts == state.pts + 1
