"""Edits and deletions of a chat that counts its changes."""

import pytest

from tgforward.errors import PeerGone
from tgforward.sandbox.server import Sandbox
from tgforward.sandbox.world.accounts import Account
from tgforward.sandbox.world.chats import Chat
from tgforward.sandbox.world.world import World
from tgforward.telegram.changes import LIMIT, Changes, fetch_changes
from tgforward.telegram.connection import Connection
from tgforward.telegram.peers import Peer
from tgforward.telegram.probe import TopMessages


async def pts_of(conn: Connection, peer: Peer) -> int:
    pts = (await TopMessages(conn).state(peer)).pts
    assert pts is not None
    return pts


async def test_edits_and_deletions_are_told(world: World, conn: Connection, news: Chat, source: Peer) -> None:
    """Each edited message once, as it is now; what was deleted is not edited; new ones are not listed."""
    posts = [world.post(news, f"text {number}") for number in range(5)]
    before = await pts_of(conn, source)
    world.edit(posts[2], "edited 2")
    world.edit(posts[0], "edited 0")
    world.edit(posts[2], "edited 2 again")
    world.edit(posts[3], "edited 3")
    world.delete(posts[3])
    world.delete(posts[4])
    world.post(news, "new")

    changes = await fetch_changes(conn, source, before)

    assert [(one.id, one.content.text) for one in changes.edited] == [
        (posts[0].id, "edited 0"),
        (posts[2].id, "edited 2 again"),
    ]
    assert all(one.edited_at is not None for one in changes.edited)
    assert changes.deleted == {posts[3].id, posts[4].id}
    assert (changes.pts, changes.is_complete, changes.is_too_old) == (await pts_of(conn, source), True, False)
    assert conn.requests["updates.getChannelDifference"] == 1


async def test_nothing_new_is_nothing(world: World, conn: Connection, news: Chat, source: Peer) -> None:
    """The count stays where it is."""
    world.post(news, "text")
    pts = await pts_of(conn, source)

    assert await fetch_changes(conn, source, pts) == Changes(pts)


async def test_many_changes_come_in_parts(world: World, conn: Connection, news: Chat, source: Peer) -> None:
    """Each part says where the next one begins."""
    posts = [world.post(news, "text") for _ in range(LIMIT + 20)]
    pts = await pts_of(conn, source)
    for post in posts:
        world.edit(post, "edited")

    first = await fetch_changes(conn, source, pts)
    second = await fetch_changes(conn, source, first.pts)

    assert [first.is_complete, second.is_complete] == [False, True]
    assert [one.id for one in (*first.edited, *second.edited)] == [post.id for post in posts]
    assert second.pts == await pts_of(conn, source)


async def test_a_count_that_is_too_old_says_so(world: World, conn: Connection, news: Chat, source: Peer) -> None:
    """What Telegram has forgotten has to be looked up otherwise; the new count comes along."""
    post = world.post(news, "text")
    before = await pts_of(conn, source)
    world.keep_events(2)
    for number in range(5):
        world.edit(post, f"edited {number}")

    changes = await fetch_changes(conn, source, before)

    assert changes == Changes(await pts_of(conn, source), is_too_old=True)


async def test_a_count_that_telegram_does_not_know_is_too_old(
    world: World, conn: Connection, sandbox: Sandbox, news: Chat, source: Peer
) -> None:
    """It is no reason to stop."""
    world.post(news, "text")
    sandbox.faults.add("error", method="updates.GetChannelDifference", error="PERSISTENT_TIMESTAMP_INVALID", code=400)

    assert await fetch_changes(conn, source, 7) == Changes(7, is_too_old=True)


async def test_a_chat_that_was_left_tells_nothing(
    world: World, conn: Connection, news: Chat, source: Peer, anna: Account
) -> None:
    """The error is that of any other request."""
    world.leave(news, anna)

    with pytest.raises(PeerGone):
        await fetch_changes(conn, source, 1)
