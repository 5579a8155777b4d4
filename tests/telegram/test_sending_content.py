"""What is sent anew arrives exactly: text, entities, media by reference."""

from typing import Any

from telethon.tl import types

from tests.telegram.conftest import peer_of
from tests.telegram.sends import changed, read, send_media, send_text, stored
from tgforward.forwarding.message import Entity, EntityKind, MediaKind
from tgforward.forwarding.plan import Delivery
from tgforward.sandbox.server import Sandbox
from tgforward.sandbox.world.access import access_hash
from tgforward.sandbox.world.accounts import Account
from tgforward.sandbox.world.chats import Chat
from tgforward.sandbox.world.world import World
from tgforward.telegram.connection import Connection
from tgforward.telegram.outgoing import as_text
from tgforward.telegram.peers import Peer
from tgforward.telegram.reading import read_back
from tgforward.types import RandomId

ENTITIES: list[tuple[Entity, Any]] = [
    (Entity(0, 4, EntityKind.BOLD), types.MessageEntityBold(0, 4)),
    (Entity(0, 4, EntityKind.ITALIC), types.MessageEntityItalic(0, 4)),
    (
        Entity(5, 2, EntityKind.CUSTOM_EMOJI, "5368324170671202286"),
        types.MessageEntityCustomEmoji(5, 2, 5368324170671202286),
    ),
    (
        Entity(8, 4, EntityKind.TEXT_LINK, "https://a.example/x?y=1"),
        types.MessageEntityTextUrl(8, 4, "https://a.example/x?y=1"),
    ),
    (Entity(13, 4, EntityKind.PRE, "python"), types.MessageEntityPre(13, 4, "python")),
    (Entity(18, 5, EntityKind.BLOCKQUOTE, "collapsed"), types.MessageEntityBlockquote(18, 5, collapsed=True)),
]


async def test_text_and_entities_arrive_exactly(
    world: World, conn: Connection, sandbox: Sandbox, news: Chat, copies: Chat, source: Peer, dest: Peer
) -> None:
    """What was written raw is what stands there: no parse mode, offsets in UTF-16 units."""
    world.post(news, "before")
    (message,) = await read(conn, source)
    text = "bold 👍 link code quote **not bold** <b>"

    await send_text(conn, dest, changed(message, text, *(ours for ours, _ in ENTITIES)))

    (entry,) = (entry for entry in sandbox.journal(copies) if not entry.is_service)
    assert entry.text == text
    assert list(entry.entities) == [telegrams.to_dict() for _, telegrams in ENTITIES]
    assert (await read_back(conn, dest))[-1].content.entities == tuple(ours for ours, _ in ENTITIES)


async def test_a_mention_by_name_survives_a_send(
    world: World, conn: Connection, sandbox: Sandbox, anna: Account, editor: Account, copies: Chat, dest: Peer
) -> None:
    """The person is named as the answer that brought the message showed them, and the server accepts it."""
    group = world.add_channel("Group", admins=[editor], members=[anna], broadcast=False)
    world.post(group, "hi Ed", sender=editor, entities=[types.MessageEntityMentionName(3, 2, editor.id)])
    (message,) = await read(conn, await peer_of(conn, group))
    delivery = Delivery(message, RandomId(5), content=message.content)

    sent = await send_text(conn, dest, delivery)

    person = types.InputUser(editor.id, access_hash(world.seed, anna, editor))
    (mention,) = as_text(dest, delivery).request.entities
    assert mention.to_dict() == types.InputMessageEntityMentionName(3, 2, person).to_dict()
    assert stored(sandbox, copies) == [(sent[RandomId(5)], 5, "hi Ed")]


async def test_photos_and_documents_go_by_reference(
    world: World, conn: Connection, sandbox: Sandbox, news: Chat, copies: Chat, source: Peer, dest: Peer
) -> None:
    """The same media stands at the dest under the new caption; nothing is downloaded or uploaded."""
    world.post(news, "a photo", media="photo")
    world.post(news, "a file", media="document")
    photo, document = await read(conn, source)

    await send_media(conn, dest, changed(photo, "photo 2", Entity(0, 5, EntityKind.BOLD), random_id=1))
    await send_media(conn, dest, changed(document, "file 2", random_id=2))

    assert [photo.media, document.media] == [MediaKind.PHOTO, MediaKind.DOCUMENT]
    originals = [entry for entry in sandbox.journal(news) if not entry.is_service]
    copied = [entry for entry in sandbox.journal(copies) if not entry.is_service]
    assert [entry.media_id for entry in copied] == [entry.media_id for entry in originals]
    assert [entry.text for entry in copied] == ["photo 2", "file 2"]
    assert sandbox.requests("upload.GetFile") == sandbox.requests("upload.SaveFilePart") == 0


async def test_a_link_preview_is_kept_only_where_there_was_one(
    world: World, conn: Connection, news: Chat, source: Peer, dest: Peer
) -> None:
    """A link without a preview does not grow one by being sent anew."""
    page = types.WebPage(1, "https://a.example", "a.example", 0)
    world.post(news, "see https://a.example", media=types.MessageMediaWebPage(page))
    world.post(news, "see https://a.example")
    with_preview, without = await read(conn, source)

    assert [with_preview.media, without.media] == [MediaKind.WEB_PAGE, None]
    assert not as_text(dest, changed(with_preview, "x")).request.no_webpage
    assert as_text(dest, changed(without, "x")).request.no_webpage
