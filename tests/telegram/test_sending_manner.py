"""How messages are sent: quietly, with their origin, as answers, in a channel's name, without a preview."""

import pytest

from tests.telegram.conftest import peer_of
from tests.telegram.sends import changed, deliveries, forward, post_one_of_each, read, send_album, send_media, send_text
from tgforward.errors import MessageRejected, WriteForbidden
from tgforward.forwarding.identity import part_of
from tgforward.forwarding.message import FormattedText, MediaKind
from tgforward.forwarding.plan import Delivery
from tgforward.sandbox.journal import JournalEntry
from tgforward.sandbox.server import Sandbox
from tgforward.sandbox.world.accounts import Account
from tgforward.sandbox.world.chats import Chat
from tgforward.sandbox.world.world import World
from tgforward.telegram.connection import Connection
from tgforward.telegram.manner import Manner
from tgforward.telegram.outgoing import as_text
from tgforward.telegram.peers import Peer
from tgforward.types import MessageId, RandomId


async def send_all_ways(conn: Connection, source: Peer, dest: Peer, manner: Manner) -> None:
    """A text forwarded, then a text, a photo and an album of two sent anew."""
    text, photo, *album = await read(conn, source)
    await forward(conn, source, dest, deliveries([text]), manner)
    await send_text(conn, dest, changed(text, "t", random_id=71), manner)
    await send_media(conn, dest, changed(photo, "p", random_id=72), manner)
    await send_album(conn, dest, deliveries(album, 500), manner)


def sent_to(sandbox: Sandbox, chat: Chat) -> list[JournalEntry]:
    return [entry for entry in sandbox.journal(chat) if entry.random_id is not None]


async def test_every_way_to_send_can_be_silent(
    world: World, conn: Connection, sandbox: Sandbox, news: Chat, copies: Chat, source: Peer, dest: Peer
) -> None:
    """And none is, unless it is told to."""
    post_one_of_each(world, news)

    await send_all_ways(conn, source, dest, Manner(is_silent=True))
    await send_text(conn, dest, changed((await read(conn, source))[0], "loud", random_id=9))

    assert [entry.silent for entry in sent_to(sandbox, copies)] == [True] * 5 + [False]


async def test_a_forward_can_keep_its_origin(
    world: World, conn: Connection, sandbox: Sandbox, news: Chat, copies: Chat, source: Peer, dest: Peer
) -> None:
    """The copy names the chat and the message that it comes from."""
    post = world.post(news, "text")

    await forward(conn, source, dest, deliveries(await read(conn, source)), Manner(drop_author=False))

    assert [entry.origin for entry in sent_to(sandbox, copies)] == [(news.marked_id, post.id)]


async def test_every_way_to_send_can_answer_a_message(
    world: World, conn: Connection, sandbox: Sandbox, news: Chat, copies: Chat, source: Peer, dest: Peer, anna: Account
) -> None:
    """All messages of the request answer the same one."""
    post_one_of_each(world, news)
    answered = world.post(copies, "first", sender=anna)

    await send_all_ways(conn, source, dest, Manner(reply_to=MessageId(answered.id)))

    assert [entry.reply_to for entry in sent_to(sandbox, copies)] == [answered.id] * 5


async def test_an_answer_inside_a_topic_stays_there(
    world: World, conn: Connection, sandbox: Sandbox, news: Chat, source: Peer, anna: Account
) -> None:
    """Topic and answered message go together, by every way to send."""
    forum = world.add_channel("Forum", admins=[anna], broadcast=False, forum=True)
    topic = world.add_topic(forum, "Talk", creator=anna)
    answered = world.post(forum, "first", sender=anna, topic=topic)
    post_one_of_each(world, news)
    manner = Manner(topic_id=MessageId(topic.id), reply_to=MessageId(answered.id))

    await send_all_ways(conn, source, await peer_of(conn, forum), manner)

    found = [(entry.topic_id, entry.reply_to) for entry in sent_to(sandbox, forum)]
    assert found == [(topic.id, answered.id)] * 5


async def test_a_message_is_not_lost_with_the_one_that_it_answers(
    world: World, conn: Connection, sandbox: Sandbox, news: Chat, copies: Chat, source: Peer, dest: Peer
) -> None:
    """Where Telegram refuses the answer, the same send goes once more without it."""
    post_one_of_each(world, news)
    sandbox.set_missing_replies("error")

    await send_all_ways(conn, source, dest, Manner(reply_to=MessageId(999)))

    copied = sent_to(sandbox, copies)
    assert [entry.reply_to for entry in copied] == [None] * 5
    assert [entry.random_id for entry in copied] == [1000, 71, 72, 500, 497]


async def test_another_refusal_is_not_repeated(
    world: World, conn: Connection, sandbox: Sandbox, news: Chat, source: Peer, dest: Peer
) -> None:
    """Leaving out the answer would not help."""
    world.post(news, "text")
    (message,) = await read(conn, source)
    sandbox.faults.add("error", method="messages.SendMessage", error="ENTITY_BOUNDS_INVALID", code=400)

    with pytest.raises(MessageRejected, match="ENTITY_BOUNDS_INVALID"):
        await send_text(conn, dest, changed(message, "x"), Manner(reply_to=MessageId(1)))
    assert conn.requests["messages.sendMessage"] == 1


async def test_every_way_to_send_can_be_in_a_channels_name(
    world: World, conn: Connection, sandbox: Sandbox, news: Chat, copies: Chat, source: Peer, anna: Account
) -> None:
    """The channel is shown as the sender; one that is not the account's is refused."""
    group = world.add_channel("Group", members=[anna], broadcast=False)
    post_one_of_each(world, news)
    dest = await peer_of(conn, group)

    await send_all_ways(conn, source, dest, Manner(send_as=await peer_of(conn, copies)))
    with pytest.raises(WriteForbidden, match="SEND_AS_PEER_INVALID"):
        await forward(conn, source, dest, deliveries(await read(conn, source)), Manner(send_as=source))

    assert [entry.send_as for entry in sent_to(sandbox, group)] == ["Copies"] * 5


async def test_a_preview_is_dropped_where_the_manner_says_so(
    world: World, conn: Connection, sandbox: Sandbox, news: Chat, copies: Chat, source: Peer, dest: Peer
) -> None:
    """The text stands there without the preview that it has in the source."""
    world.post(news, "see https://example.org/article", media="web_page")
    (message,) = await read(conn, source)
    assert message.media is MediaKind.WEB_PAGE

    await send_text(conn, dest, Delivery(message, RandomId(1), content=message.content))
    await send_text(conn, dest, Delivery(message, RandomId(2), content=message.content), Manner(keep_preview=False))

    assert [entry.kind for entry in sent_to(sandbox, copies)] == ["web_page", ""]


async def test_the_rest_of_a_too_long_caption_is_a_text(
    world: World, conn: Connection, sandbox: Sandbox, news: Chat, copies: Chat, source: Peer, dest: Peer
) -> None:
    """It answers the message that it belongs to, without media and without a preview of its own."""
    world.post(news, "a long caption", media="photo")
    world.post(news, "a page", media="web_page")
    photo, page = await read(conn, source)
    (first,) = (await send_media(conn, dest, changed(photo, "a long", random_id=1))).values()
    rest = Delivery(photo, RandomId(2), part_of(0, piece=1), FormattedText("caption"))

    await send_text(conn, dest, rest, Manner(reply_to=first))

    copied = [(entry.text, entry.kind, entry.reply_to) for entry in sent_to(sandbox, copies)]
    assert copied == [("a long", "photo", None), ("caption", "", first)]
    assert as_text(dest, Delivery(page, RandomId(3), part_of(0, piece=1), FormattedText("rest"))).request.no_webpage
