"""Sends under our own random_ids: mapped, repeatable, exact, by reference."""

import asyncio
from datetime import UTC, datetime

import pytest
from telethon.tl import types

from tests.telegram.conftest import peer_of
from tests.telegram.sends import (
    changed,
    deliveries,
    forward,
    post_one_of_each,
    read,
    send_album,
    send_media,
    send_one_of_each,
    send_text,
    stored,
)
from tgforward.errors import (
    ChatProtected,
    DuplicateInFlight,
    FileReferenceExpired,
    MessageGone,
    MessageRejected,
    SlowMode,
    WriteForbidden,
)
from tgforward.forwarding.links import ByUsername
from tgforward.forwarding.message import FormattedText
from tgforward.forwarding.plan import Delivery
from tgforward.sandbox.server import Sandbox
from tgforward.sandbox.world.accounts import Account
from tgforward.sandbox.world.chats import Chat
from tgforward.sandbox.world.world import World
from tgforward.telegram.connection import Connection
from tgforward.telegram.manner import Manner
from tgforward.telegram.peers import Peer
from tgforward.telegram.resolve import resolve
from tgforward.types import MessageId, RandomId


async def test_forwards_are_mapped_by_random_id(
    world: World, conn: Connection, sandbox: Sandbox, news: Chat, copies: Chat, source: Peer, dest: Peer
) -> None:
    """Each random_id is given the message that it became, and the author stays unnamed."""
    for number in range(30):
        world.post(news, f"text {number}")
    batch = deliveries(await read(conn, source))

    sent = await forward(conn, source, dest, batch)

    by_random_id = {entry.random_id: entry for entry in sandbox.journal(copies)}
    assert [sent[delivery.random_id] for delivery in batch] == sorted(sent.values())
    for delivery in batch:
        entry = by_random_id[delivery.random_id]
        assert (entry.id, entry.text) == (sent[delivery.random_id], delivery.message.content.text)
        assert entry.forwarded_from is None
    assert conn.requests["messages.forwardMessages"] == 1


async def test_a_partial_answer_leaves_out_what_was_deleted(
    world: World, conn: Connection, sandbox: Sandbox, news: Chat, copies: Chat, source: Peer, dest: Peer
) -> None:
    """Messages deleted meanwhile are absent; the others are not mistaken for them."""
    posts = [world.post(news, f"text {number}") for number in range(6)]
    batch = deliveries(await read(conn, source))
    world.delete(posts[0], posts[3])

    sent = await forward(conn, source, dest, batch)

    assert set(sent) == {batch[number].random_id for number in (1, 2, 4, 5)}
    assert {(id_, random_id) for id_, random_id, _ in stored(sandbox, copies)} == {
        (message_id, random_id) for random_id, message_id in sent.items()
    }


async def test_forwarding_only_deleted_messages_says_so(
    world: World, conn: Connection, news: Chat, source: Peer, dest: Peer
) -> None:
    """Nothing left to forward is either an empty answer or MessageGone, never a success."""
    post = world.post(news, "gone")
    batch = deliveries(await read(conn, source))
    world.delete(post)

    try:
        sent = await forward(conn, source, dest, batch)
    except MessageGone:
        sent = {}

    assert sent == {}


async def test_repeated_sends_return_the_first_ones_messages(
    world: World, conn: Connection, sandbox: Sandbox, news: Chat, copies: Chat, source: Peer, dest: Peer
) -> None:
    """In the mode `original` a repeat of any kind of send stores nothing and maps to the same messages."""
    post_one_of_each(world, news)
    messages = await read(conn, source)
    first = await send_one_of_each(conn, source, dest, messages)
    before = stored(sandbox, copies)

    again = await send_one_of_each(conn, source, dest, messages)

    assert [len(sent) for sent in first] == [2, 1, 1, 2]
    assert again == first
    assert stored(sandbox, copies) == before


async def test_repeated_sends_of_older_servers_are_duplicates(
    world: World, conn: Connection, sandbox: Sandbox, news: Chat, copies: Chat, source: Peer, dest: Peer
) -> None:
    """In the mode `error` each kind of send says DuplicateInFlight and stores nothing."""
    post_one_of_each(world, news)
    text, photo, *album = await read(conn, source)
    sandbox.set_duplicates("error")
    await send_one_of_each(conn, source, dest, [text, photo, *album])
    before = stored(sandbox, copies)

    repeats = [
        forward(conn, source, dest, deliveries([text, photo])),
        send_text(conn, dest, changed(text, "text 2", random_id=71)),
        send_media(conn, dest, changed(photo, "photo 2", random_id=72)),
        send_album(conn, dest, deliveries(album, 500)),
    ]
    answers = await asyncio.gather(*repeats, return_exceptions=True)

    assert [type(answer) for answer in answers] == [DuplicateInFlight] * 4
    assert stored(sandbox, copies) == before


async def test_a_send_cut_before_its_answer_is_not_doubled(
    world: World, conn: Connection, sandbox: Sandbox, news: Chat, copies: Chat, source: Peer, dest: Peer
) -> None:
    """Telethon repeats it after the reconnect; the answer is the message of the first time."""
    world.post(news, "once")
    batch = deliveries(await read(conn, source))
    sandbox.faults.add("cut", method="messages.ForwardMessages")

    sent = await forward(conn, source, dest, batch)

    assert stored(sandbox, copies) == [(sent[batch[0].random_id], batch[0].random_id, "once")]


async def test_an_album_sent_anew_stays_one(
    world: World, conn: Connection, sandbox: Sandbox, news: Chat, copies: Chat, source: Peer, dest: Peer
) -> None:
    """Ten media, one request, one album, the order and captions as given, each under its own random_id."""
    world.post_album(news, [("photo", f"caption {number}") for number in range(10)])
    messages = await read(conn, source)
    batch = [Delivery(m, RandomId(100 - m.id), content=FormattedText(f"new {m.id}")) for m in messages]

    sent = await send_album(conn, dest, batch)

    copied = [entry for entry in sandbox.journal(copies) if not entry.is_service]
    assert [entry.text for entry in copied] == [f"new {message.id}" for message in messages]
    assert [entry.random_id for entry in copied] == [delivery.random_id for delivery in batch]
    assert [sent[delivery.random_id] for delivery in batch] == [entry.id for entry in copied]
    assert len({entry.grouped_id for entry in copied}) == 1
    assert copied[0].grouped_id is not None
    assert conn.requests["messages.sendMultiMedia"] == 1


async def test_an_album_forwarded_whole_stays_one(
    world: World, conn: Connection, sandbox: Sandbox, news: Chat, copies: Chat, source: Peer, dest: Peer
) -> None:
    """All its ids in one call keep the album together."""
    world.post_album(news, [("photo", "a"), ("photo", ""), ("photo", "")])

    await forward(conn, source, dest, deliveries(await read(conn, source)))

    groups = {entry.grouped_id for entry in sandbox.journal(copies) if not entry.is_service}
    assert len(groups) == 1
    assert None not in groups


async def test_a_message_to_a_person_is_mapped_too(
    world: World, conn: Connection, news: Chat, source: Peer, anna: Account
) -> None:
    """Telegram answers a text to a user in short form, without a random_id."""
    bob = world.add_user("Bob", username="bob_x")
    world.post(news, "text")
    (message,) = await read(conn, source)
    dest = await resolve(conn, ByUsername("bob_x"))

    sent = await send_text(conn, dest, changed(message, "for Bob", random_id=9))

    (own,) = (number for number, stored in anna.mailbox.items() if stored.text == "for Bob")
    assert sent == {9: own}
    assert [stored.text for stored in bob.mailbox.values()] == ["for Bob"]


async def test_a_send_into_a_topic_lands_there(
    world: World, conn: Connection, sandbox: Sandbox, news: Chat, source: Peer, anna: Account
) -> None:
    """Every way to send takes the topic."""
    forum = world.add_channel("Forum", admins=[anna], broadcast=False, forum=True)
    world.post(forum, "in the general topic", sender=anna)
    topic = world.add_topic(forum, "Talk", creator=anna)
    post_one_of_each(world, news)
    text, photo, *album = await read(conn, source)
    dest, manner = await peer_of(conn, forum), Manner(topic_id=MessageId(topic.id))

    await forward(conn, source, dest, deliveries([text]), manner)
    await send_text(conn, dest, changed(text, "t", random_id=71), manner)
    await send_media(conn, dest, changed(photo, "p", random_id=72), manner)
    await send_album(conn, dest, deliveries(album, 500), manner)

    copied = [entry for entry in sandbox.journal(forum) if entry.random_id is not None]
    assert [entry.topic_id for entry in copied] == [topic.id] * 5


async def test_an_expired_file_reference_is_told_and_the_repeat_works(
    world: World, conn: Connection, sandbox: Sandbox, news: Chat, copies: Chat, source: Peer, dest: Peer
) -> None:
    """After fetching the message again the same random_id goes through."""
    world.post(news, "photo", media="photo")
    (message,) = await read(conn, source)
    sandbox.faults.add("error", method="messages.SendMedia", error="FILE_REFERENCE_EXPIRED")

    with pytest.raises(FileReferenceExpired):
        await send_media(conn, dest, changed(message, "p"))
    (fresh,) = await read(conn, source)
    sent = await send_media(conn, dest, changed(fresh, "p"))

    assert stored(sandbox, copies) == [(sent[RandomId(77)], 77, "p")]


async def test_a_protected_chat_refuses(world: World, conn: Connection, news: Chat, source: Peer, dest: Peer) -> None:
    """Protection is Telegram's last word, and the messages say it before."""
    world.post(news, "secret")
    world.protect(news)
    messages = await read(conn, source)

    with pytest.raises(ChatProtected):
        await forward(conn, source, dest, deliveries(messages))
    assert [message.is_protected for message in messages] == [True]


async def test_a_dest_that_may_not_be_written_refuses(world: World, conn: Connection, news: Chat, source: Peer) -> None:
    """A reader of a channel may not post there."""
    world.post(news, "text")
    (message,) = await read(conn, source)

    with pytest.raises(WriteForbidden):
        await send_text(conn, source, changed(message, "x"))


async def test_slow_mode_concerns_the_chat(
    world: World, conn: Connection, news: Chat, anna: Account, source: Peer
) -> None:
    """The second message is told to wait; so is a batch, which the chat never takes."""
    slow = world.add_channel("Slow", members=[anna], broadcast=False, slow_mode_s=60)
    world.post(news, "a")
    world.post(news, "b")
    one, two = await read(conn, source)
    dest = await peer_of(conn, slow)

    with pytest.raises(SlowMode) as batch:
        await forward(conn, source, dest, deliveries([one, two]))
    await send_text(conn, dest, changed(one, "a", random_id=1))
    with pytest.raises(SlowMode) as second:
        await send_text(conn, dest, changed(two, "b", random_id=2))

    assert batch.value.code == "SLOWMODE_MULTI_MSGS_DISABLED"
    assert second.value.retry_after is not None
    assert 50 < second.value.retry_after.total_seconds() <= 61


async def test_a_poll_cannot_be_sent_anew(world: World, conn: Connection, news: Chat, source: Peer, dest: Peer) -> None:
    """It is refused here, before Telegram is asked."""
    world.post(news, media=types.MessageMediaDice(3, "🎲"), date=datetime(2026, 1, 1, tzinfo=UTC))
    (message,) = await read(conn, source)

    with pytest.raises(MessageRejected, match="only be forwarded"):
        await send_media(conn, dest, changed(message, "x"))
    assert conn.requests["messages.sendMedia"] == 0
