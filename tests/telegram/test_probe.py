"""Probes are shared: a hundred chats cost one request."""

import asyncio
from dataclasses import replace

import pytest

from tests.telegram.conftest import Connect, arrival, peer_of
from tgforward.errors import AccountRevoked, FloodWait, PeerGone
from tgforward.sandbox.server import Sandbox
from tgforward.sandbox.world.access import access_hash
from tgforward.sandbox.world.accounts import Account
from tgforward.sandbox.world.world import World
from tgforward.telegram.connection import Connection
from tgforward.telegram.peers import Peer
from tgforward.telegram.probe import ChatState, TopMessages
from tgforward.types import ChatId

Found = tuple[list[Peer], list[int]]


async def peers_with_messages(
    world: World, conn: Connection, anna: Account, count: int
) -> tuple[list[Peer], list[int]]:
    """Channels with some messages each, and the ids of their newest ones."""
    chats = [world.add_channel(f"Channel {number}", members=[anna]) for number in range(count)]
    for number, chat in enumerate(chats):
        for _ in range(number % 4 + 1):
            world.post(chat, "x")
    first = await peer_of(conn, chats[0])
    # Looking each one up would page through all dialogs again and again.
    peers = [
        replace(
            first, chat_id=ChatId(chat.marked_id), access_hash=access_hash(world.seed, anna, chat), title=chat.title
        )
        for chat in chats
    ]
    return peers, [number % 4 + 1 for number in range(count)]


async def test_150_chats_cost_two_requests(world: World, conn: Connection, anna: Account) -> None:
    """Everybody who asks within a moment shares, and each gets the answer for their own chat."""
    peers, newest = await peers_with_messages(world, conn, anna, 150)
    tops = TopMessages(conn)

    answers = await asyncio.gather(*(tops.top(peer) for peer in peers))

    assert answers == newest
    assert conn.requests["messages.getPeerDialogs"] == 2
    assert conn.requests["messages.getHistory"] == 0


async def test_configs_of_one_source_ask_once(world: World, conn: Connection, anna: Account) -> None:
    """Twenty probes of one chat are one peer in one request."""
    (peer,), _ = await peers_with_messages(world, conn, anna, 1)
    tops = TopMessages(conn)

    assert set(await asyncio.gather(*(tops.top(peer) for _ in range(20)))) == {1}
    assert conn.requests["messages.getPeerDialogs"] == 1


async def test_each_moment_has_its_own_request(world: World, conn: Connection, anna: Account) -> None:
    """A later probe sees what came later."""
    (peer,), _ = await peers_with_messages(world, conn, anna, 1)
    tops = TopMessages(conn)
    before = await tops.top(peer)
    world.post(world.channels[min(world.channels)], "new")

    assert (before, await tops.top(peer)) == (1, 2)


async def test_one_bad_chat_does_not_spoil_the_others(world: World, conn: Connection, anna: Account) -> None:
    """The bad chat is found in few requests and only its asker gets the error."""
    peers, newest = await peers_with_messages(world, conn, anna, 64)
    bad = 37
    peers[bad] = replace(peers[bad], access_hash=1)
    tops = TopMessages(conn)

    answers = await asyncio.gather(*(tops.top(peer) for peer in peers), return_exceptions=True)

    assert isinstance(answers.pop(bad), PeerGone)
    newest.pop(bad)
    assert answers == newest
    assert conn.requests["messages.getPeerDialogs"] <= 13
    assert conn.requests["messages.getHistory"] == 1


async def test_an_empty_chat_is_asked_for_by_itself(world: World, conn: Connection, anna: Account) -> None:
    """A dialog without a newest message falls back to the history."""
    chat = world.add_channel("Empty", members=[anna])
    peer = await peer_of(conn, chat)

    assert await TopMessages(conn).top(peer) == 0


async def test_channels_tell_how_many_changes_they_have_counted(
    world: World, conn: Connection, anna: Account, editor: Account
) -> None:
    """Each change raises the count of a channel, of an empty one too; basic groups count none."""
    chat = world.add_channel("News", members=[anna])
    empty = await peer_of(conn, world.add_channel("Empty", members=[anna]))
    group = world.add_group("Small", admins=[editor], members=[anna])
    world.post(group, "x", sender=editor)
    post = world.post(chat, "x")
    peer, small = await peer_of(conn, chat), await peer_of(conn, group)
    tops = TopMessages(conn)
    before = await tops.state(peer)
    world.edit(post, "y")

    after, nothing, uncounted = [await tops.state(each) for each in (peer, empty, small)]

    assert before.pts is not None
    assert after == ChatState(before.top, before.pts + 1)
    assert (nothing.top, nothing.pts) == (0, chat_log(world, "Empty"))
    assert uncounted.top > 0
    assert uncounted.pts is None


def chat_log(world: World, title: str) -> int:
    """The count at the server."""
    return next(chat.log.pts for chat in world.channels.values() if chat.title == title)


async def test_a_flood_wait_reaches_everybody_who_asked(
    world: World, conn: Connection, sandbox: Sandbox, anna: Account
) -> None:
    """A refusal of the account is nobody's chat: all askers get it, and nobody asks again by other means."""
    peers, _ = await peers_with_messages(world, conn, anna, 5)
    sandbox.faults.add("flood_wait", method="messages.GetPeerDialogs", seconds=30)
    tops = TopMessages(conn)

    answers = await asyncio.gather(*(tops.top(peer) for peer in peers), return_exceptions=True)

    assert [type(answer) for answer in answers] == [FloodWait] * 5
    assert conn.requests["messages.getHistory"] == 0


async def test_a_revoked_session_reaches_everybody_who_asked(
    world: World, conn: Connection, sandbox: Sandbox, anna: Account
) -> None:
    """It is not mistaken for a bad chat among many."""
    peers, _ = await peers_with_messages(world, conn, anna, 5)
    sandbox.revoke(anna)
    tops = TopMessages(conn)

    answers = await asyncio.gather(*(tops.top(peer) for peer in peers), return_exceptions=True)

    assert [type(answer) for answer in answers] == [AccountRevoked] * 5
    assert conn.requests["messages.getPeerDialogs"] == 1


async def test_a_cancelled_asker_leaves_the_answer_to_the_others(
    world: World, conn: Connection, sandbox: Sandbox, anna: Account
) -> None:
    """Two ask, one gives up, the other is answered."""
    peers, newest = await peers_with_messages(world, conn, anna, 2)
    sandbox.pause()
    tops = TopMessages(conn)
    one, two = (asyncio.create_task(tops.top(peer)) for peer in peers)
    await arrival(sandbox, "messages.GetPeerDialogs", anna)

    one.cancel()
    sandbox.resume()

    assert await two == newest[1]
    with pytest.raises(asyncio.CancelledError):
        await one


async def test_closing_gives_up_what_is_under_way(
    world: World, connect: Connect, sandbox: Sandbox, anna: Account
) -> None:
    """No task outlives the connection; a later probe starts afresh."""
    conn = await connect(anna)
    (peer,), _ = await peers_with_messages(world, conn, anna, 1)
    tops = TopMessages(conn)
    sandbox.pause()
    waiting = asyncio.create_task(tops.top(peer))
    await arrival(sandbox, "messages.GetPeerDialogs", anna)

    await tops.close()

    with pytest.raises(asyncio.CancelledError):
        await waiting
    sandbox.resume()
    assert await tops.top(peer) == 1
