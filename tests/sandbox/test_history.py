"""Reading."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from telethon.tl import functions, types

from tests.fixtures.sandbox import Connect
from tests.sandbox.calls import history, peer
from tgforward.sandbox.server import Sandbox
from tgforward.sandbox.world.accounts import Account
from tgforward.sandbox.world.chats import Chat
from tgforward.sandbox.world.world import World

START = datetime(2026, 1, 1, tzinfo=UTC)

PAGES: list[tuple[dict[str, Any], list[int]]] = [
    ({"limit": 3}, [20, 19, 18]),
    ({"limit": 3, "offset_id": 10}, [9, 8, 7]),
    ({"limit": 3, "offset_id": 1}, []),
    ({"limit": 3, "offset_id": 99}, [20, 19, 18]),
    ({"limit": 3, "add_offset": 2}, [18, 17, 16]),
    ({"limit": 3, "offset_id": 10, "add_offset": 2}, [7, 6, 5]),
    ({"limit": 3, "offset_id": 10, "add_offset": -3}, [12, 11, 10]),
    ({"limit": 5, "offset_id": 10, "add_offset": -2}, [11, 10, 9, 8, 7]),
    ({"limit": 5, "offset_id": 19, "add_offset": -5}, [20, 19]),
    ({"limit": 3, "offset_id": 1, "add_offset": -3}, [4, 2, 1]),
    ({"limit": 3, "add_offset": -3}, []),
    ({"limit": 3, "offset_id": 5}, [4, 2, 1]),
    ({"limit": 4, "offset_id": 3, "add_offset": -2}, [5, 4, 2, 1]),
    ({"limit": 5, "min_id": 18}, [20, 19]),
    ({"limit": 5, "max_id": 18}, [17, 16]),
    ({"limit": 5, "max_id": 5}, []),
    ({"limit": 5, "offset_id": 10, "min_id": 6, "max_id": 9}, [8, 7]),
    ({"limit": 0}, []),
    ({"limit": 2, "offset_date": START + timedelta(minutes=5)}, [4, 2]),
    ({"limit": 2, "offset_id": 10, "offset_date": START + timedelta(minutes=5)}, [9, 8]),
]


@pytest.fixture
def twenty(world: World, news: Chat) -> Chat:
    """News with messages 1 to 20, of which 3 is deleted; each is a minute younger than the one before."""
    posts = [world.post(news, f"post {number}", date=START + timedelta(minutes=number)) for number in range(1, 21)]
    world.delete(posts[2])
    return news


async def test_pages(connect: Connect, sandbox: Sandbox, anna: Account, twenty: Chat) -> None:
    """`getHistory` cuts its window by offset, and its limits filter what is in it."""
    client = await connect(anna)
    where = peer(sandbox, anna, twenty)
    for page, expected in PAGES:
        answer = await client(history(where, **page))
        assert [message.id for message in answer.messages] == expected, page
        assert answer.count == 19


async def test_a_page_holds_100(connect: Connect, sandbox: Sandbox, anna: Account, news: Chat, world: World) -> None:
    """More than 100 messages are never served at once."""
    for number in range(130):
        world.post(news, str(number))
    answer = await (await connect(anna))(history(peer(sandbox, anna, news), limit=1000))
    assert [message.id for message in answer.messages] == list(range(130, 30, -1))


@pytest.mark.parametrize("reverse", [False, True])
async def test_telethon_reads_everything(
    connect: Connect, anna: Account, news: Chat, world: World, *, reverse: bool
) -> None:
    """Telethon's own iteration finds each message once, in both directions."""
    posts = [world.post(news, str(number)) for number in range(257)]
    world.delete(posts[0], posts[100], posts[101], posts[256])
    ids = [message.id async for message in (await connect(anna)).iter_messages("the_news", reverse=reverse)]
    expected = [post.id for number, post in enumerate(posts) if number not in (0, 100, 101, 256)]
    assert ids == (expected if reverse else expected[::-1])


async def test_messages_by_id(connect: Connect, anna: Account, twenty: Chat) -> None:
    """Messages are served by id, an empty one for each that is gone."""
    found = await (await connect(anna)).get_messages("the_news", ids=[4, 3, 20])
    assert [message and message.text for message in found] == ["post 4", None, "post 20"]


async def test_entities_and_media_arrive(connect: Connect, anna: Account, news: Chat, world: World) -> None:
    """A stored message is served with formatting, media and album number."""
    bold = types.MessageEntityBold(0, 4)
    world.post(news, "Bold 🙂 text", entities=[bold])
    photo, document = world.post_album(news, [("photo", "caption"), ("document", "")])
    client = await connect(anna)
    second, first, text = [message async for message in client.iter_messages("the_news")]
    assert text.entities == [bold]
    assert text.message == "Bold 🙂 text"
    assert (first.text, first.photo.id) == ("caption", photo.media_id)
    assert second.document.id == document.media_id
    assert first.grouped_id == second.grouped_id == photo.grouped_id


@pytest.mark.parametrize("kind", ["video", "animation", "audio", "voice", "video_note", "sticker"])
async def test_kinds_of_documents(connect: Connect, anna: Account, news: Chat, world: World, kind: Any) -> None:
    """Each kind of document is recognised by Telethon as what it is."""
    world.post(news, media=kind)
    (message,) = await (await connect(anna)).get_messages("the_news", limit=1)
    attribute = {"animation": "gif"}.get(kind, kind)
    assert getattr(message, attribute) is not None


async def test_search_and_read_marks(connect: Connect, anna: Account, twenty: Chat) -> None:
    """Text is found, and marking as read is accepted."""
    client = await connect(anna)
    assert [message.id async for message in client.iter_messages("the_news", search="POST 1")] == [
        *range(19, 9, -1),
        1,
    ]
    assert await client.send_read_acknowledge("the_news")


async def test_unknown_methods_are_loud(connect: Connect, sandbox: Sandbox, anna: Account) -> None:
    """A method that the sandbox does not have is refused and remembered."""
    client = await connect(anna)
    with pytest.raises(Exception, match="METHOD_NOT_IMPLEMENTED"):
        await client(functions.messages.GetAllStickersRequest(0))
    assert sandbox.unknown_methods == ["messages.GetAllStickers"]
