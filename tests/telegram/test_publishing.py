"""What the demo's editor writes stands in the channel."""

from telethon.tl import types

from tests.telegram.conftest import Connect, peer_of
from tgforward.forwarding.message import Entity, EntityKind, FormattedText, MediaKind
from tgforward.sandbox.server import Sandbox
from tgforward.sandbox.world.accounts import Account
from tgforward.sandbox.world.chats import Chat
from tgforward.telegram.publishing import publish_album, publish_photo, publish_text
from tgforward.telegram.reading import read_back

JPEG = b"\xff\xd8\xff\xe0" + bytes(2000) + b"\xff\xd9"
BOLD = FormattedText("so **bold**", (Entity(0, 2, EntityKind.BOLD),))


async def test_texts_photos_and_albums_are_published(
    connect: Connect, sandbox: Sandbox, editor: Account, news: Chat
) -> None:
    """Each is there as written, formatting included, and the returned ids are theirs."""
    conn = await connect(editor)
    peer = await peer_of(conn, news)

    text = await publish_text(conn, peer, BOLD)
    photo = await publish_photo(conn, peer, JPEG, BOLD)
    album = await publish_album(conn, peer, [JPEG, JPEG, JPEG], BOLD)

    found = await read_back(conn, peer)
    assert [message.id for message in found] == [text, photo, *album]
    assert [message.media for message in found] == [None, *[MediaKind.PHOTO] * 4]
    assert [message.content for message in found] == [BOLD, BOLD, BOLD, FormattedText(""), FormattedText("")]
    assert len({message.grouped_id for message in found[2:]}) == 1
    assert found[2].grouped_id is not None
    assert sandbox.journal(news)[-1].sender == "Ed"
    assert types.MessageEntityBold(0, 2).to_dict() in sandbox.journal(news)[0].entities
