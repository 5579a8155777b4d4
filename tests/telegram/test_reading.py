"""Reading a chat against a plain reference over what the world stores."""

import random
from collections.abc import Sequence

import pytest

from tests.telegram.conftest import Connect, peer_of
from tgforward.errors import PeerGone
from tgforward.sandbox.server import Sandbox
from tgforward.sandbox.world.accounts import Account
from tgforward.sandbox.world.chats import Chat
from tgforward.sandbox.world.messages import StoredMessage
from tgforward.sandbox.world.world import World
from tgforward.telegram.connection import Connection
from tgforward.telegram.reading import (
    fetch_after,
    fetch_messages,
    fetch_nth_newest,
    fetch_top,
    read_back,
)
from tgforward.types import MessageId

CHAT_KINDS = ["channel", "supergroup", "group"]


@pytest.fixture(params=CHAT_KINDS)
def chat(request: pytest.FixtureRequest, world: World, anna: Account, editor: Account) -> Chat:
    """One of each kind of chat that Anna can read; basic groups number their messages per account."""
    if request.param == "group":
        return world.add_group("Group", admins=[editor], members=[anna])
    return world.add_channel("Chat", admins=[editor], members=[anna], broadcast=request.param == "channel")


def fill(world: World, chat: Chat, editor: Account, count: int, seed: int = 7) -> list[StoredMessage]:
    """A chat with texts, albums and gaps; what is left of it, oldest first."""
    chance = random.Random(seed)  # noqa: S311  # a repeatable world
    stored: list[StoredMessage] = []
    while len(stored) < count:
        if chance.random() < 0.1:
            album = [("photo", f"p{number}") for number in range(chance.randint(2, 10))]
            stored += world.post_album(chat, album, sender=editor)  # type: ignore[arg-type]  # "photo" is a MediaName
        else:
            stored.append(world.post(chat, f"text {len(stored)}", sender=editor))
    gone = chance.sample(stored, count // 5)
    world.delete(*gone)
    return [message for message in stored if message not in gone]


def ids_of(messages: Sequence[StoredMessage], viewer: Account) -> list[int]:
    return [message.id_for(viewer) for message in messages]


async def test_pages_after_any_cursor_hold_the_oldest_that_follow(
    world: World, conn: Connection, anna: Account, editor: Account, chat: Chat
) -> None:
    """From every cursor, with gaps and albums, a page is what a plain reference over the world says."""
    ids = ids_of(fill(world, chat, editor, 150), anna)
    peer = await peer_of(conn, chat)

    for cursor in [0, *range(1, ids[-1] + 2, 7)]:
        for limit in (1, 10, 100):
            following = [id_ for id_ in ids if id_ > cursor]
            page = await fetch_after(conn, peer, MessageId(cursor), limit=limit)

            assert [message.id for message in page.messages] == following[:limit]
            assert page.is_full == (len(following) >= limit)
            assert page.top == (following[:limit] or [cursor])[-1]


async def test_a_page_is_one_request(conn: Connection, world: World, news: Chat, editor: Account) -> None:
    """A hundred messages cost one getHistory."""
    fill(world, news, editor, 150)
    peer = await peer_of(conn, news)

    page = await fetch_after(conn, peer, MessageId(0))

    assert len(page.messages) == 100
    assert conn.requests["messages.getHistory"] == 1


async def test_a_page_ends_where_the_window_ends(
    world: World, conn: Connection, anna: Account, editor: Account, chat: Chat
) -> None:
    """Nothing newer than `until` is returned, and reaching it means that nothing follows."""
    ids = ids_of(fill(world, chat, editor, 60), anna)
    peer = await peer_of(conn, chat)

    for until in [0, ids[0], ids[4], ids[4] + 1, ids[-1], ids[-1] + 9]:
        page = await fetch_after(conn, peer, MessageId(0), limit=20, until=MessageId(until))
        inside = [id_ for id_ in ids if id_ <= until]

        assert [message.id for message in page.messages] == inside[:20]
        assert page.is_full == (len(inside) > 20)
        assert page.top == (inside[:20] or [0])[-1]


async def test_service_messages_are_seen(world: World, conn: Connection, anna: Account, editor: Account) -> None:
    """They come along, marked, so that the cursor passes them."""
    group = world.add_group("Old", admins=[editor], members=[anna])
    world.post(group, "a", sender=editor)
    world.migrate(group)
    peer = await peer_of(conn, group)

    page = await fetch_after(conn, peer, MessageId(0))

    assert [message.is_service for message in page.messages] == [False, True]
    assert page.top == page.messages[-1].id


async def test_everything_can_be_read_back(
    world: World, conn: Connection, anna: Account, editor: Account, chat: Chat
) -> None:
    """All pages together are the whole chat, in order, each message once."""
    stored = fill(world, chat, editor, 330)
    peer = await peer_of(conn, chat)

    everything = await read_back(conn, peer)
    rest = await read_back(conn, peer, after=everything[100].id)

    assert [message.id for message in everything] == ids_of(stored, anna)
    assert [message.content.text for message in everything] == [message.text for message in stored]
    assert rest == everything[101:]


async def test_the_newest_message(world: World, conn: Connection, anna: Account, editor: Account, chat: Chat) -> None:
    """The top is the newest id that still exists; 0 where there is none."""
    peer = await peer_of(conn, chat)
    assert await fetch_top(conn, peer) == 0

    stored = fill(world, chat, editor, 12)

    assert await fetch_top(conn, peer) == stored[-1].id_for(anna)


async def test_messages_by_id_leave_out_what_is_gone(
    world: World, conn: Connection, anna: Account, editor: Account, chat: Chat
) -> None:
    """The order is oldest first whatever was asked; missing ones are absent."""
    one, two, three = (world.post(chat, text, sender=editor) for text in ("a", "b", "c"))
    wanted = [MessageId(message.id_for(anna)) for message in (three, two, one)]
    world.delete(two)
    peer = await peer_of(conn, chat)

    found = await fetch_messages(conn, peer, [*wanted, MessageId(999)])

    assert [message.content.text for message in found] == ["a", "c"]
    assert [message.id for message in found] == ids_of([one, three], anna)


async def test_messages_by_id_are_those_of_the_chat(
    world: World, conn: Connection, anna: Account, editor: Account
) -> None:
    """In basic groups ids count per account; one that belongs to another chat is absent."""
    here = world.add_group("Here", admins=[editor], members=[anna])
    there = world.add_group("There", admins=[editor], members=[anna])
    world.post(here, "a", sender=editor)
    other = world.post(there, "b", sender=editor)

    found = await fetch_messages(conn, await peer_of(conn, here), [MessageId(other.id_for(anna))])

    assert found == []


@pytest.mark.parametrize("count", [1, 2, 5, 89, 90, 91, 99, 150, 219, 220, 221, 1000])
async def test_the_window_of_the_last_messages(
    world: World, conn: Connection, anna: Account, editor: Account, chat: Chat, count: int
) -> None:
    """The window holds exactly the last `count` messages, widened by the rest of an album at its edge."""
    stored = fill(world, chat, editor, 275)
    peer = await peer_of(conn, chat)

    window = await fetch_nth_newest(conn, peer, count)

    inside = [message for message in stored if window.floor < message.id_for(anna) <= window.top]
    expected = stored[-count:]
    edge = expected[0].grouped_id
    before = stored[: -len(expected)]
    while before and edge is not None and before[-1].grouped_id == edge:
        expected = [before.pop(), *expected]
    assert inside == expected
    assert window.top == stored[-1].id_for(anna)
    assert window.total == len(expected)
    assert conn.requests["messages.getHistory"] == (1 if count <= 90 or count >= len(stored) else 2)


@pytest.mark.parametrize("members", range(1, 11))
async def test_an_album_at_the_edge_of_the_window_is_not_cut(
    world: World, conn: Connection, editor: Account, news: Chat, members: int
) -> None:
    """However many members of the album the count reaches, all ten are inside and nothing else is."""
    world.post(news, "before", sender=editor)
    album = world.post_album(news, [("photo", str(number)) for number in range(10)], sender=editor)
    after = world.post(news, "after", sender=editor)

    window = await fetch_nth_newest(conn, await peer_of(conn, news), members + 1)

    assert (window.floor, window.top, window.total) == (album[0].id - 1, after.id, 11)


async def test_no_history_and_all_of_it(world: World, conn: Connection, editor: Account, news: Chat) -> None:
    """0 is an empty window at the top, -1 everything; one request each, also in an empty chat."""
    peer = await peer_of(conn, news)
    empty = [await fetch_nth_newest(conn, peer, count) for count in (0, -1, 5)]
    stored = fill(world, news, editor, 130)
    top = stored[-1].id
    none, everything = await fetch_nth_newest(conn, peer, 0), await fetch_nth_newest(conn, peer, -1)

    assert [(window.floor, window.top, window.total) for window in empty] == [(0, 0, 0)] * 3
    assert (none.floor, none.top, none.total) == (top, top, 0)
    assert (everything.floor, everything.top, everything.total) == (0, top, len(stored))
    assert conn.requests["messages.getHistory"] == 5


async def test_a_chat_that_the_account_has_lost_is_gone(
    world: World, sandbox: Sandbox, connect: Connect, anna: Account, news: Chat
) -> None:
    """Banned from a channel it once read, the account gets a permanent error."""
    conn = await connect(anna)
    peer = await peer_of(conn, news)
    world.ban(news, anna)

    with pytest.raises(PeerGone):
        await fetch_after(conn, peer, MessageId(0))
