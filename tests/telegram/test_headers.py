"""What stands around a message: its author, what it answers, its topic, its origin, pins, its file."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from telethon.tl import types

from tests.telegram.conftest import peer_of
from tests.telegram.sends import read
from tests.telegram.test_convert import CHANNEL, NOW, PHOTO, answer, channel, document, message
from tgforward.forwarding.message import SourceMessage
from tgforward.sandbox.world.accounts import Account
from tgforward.sandbox.world.chats import Chat
from tgforward.sandbox.world.world import World
from tgforward.telegram.connection import Connection
from tgforward.telegram.convert import read_answer
from tgforward.telegram.headers import Author, author_of
from tgforward.telegram.peers import Peer

ANNA = types.User(8, first_name="Anna", last_name="Ko", username="anna_ko", access_hash=1)
OTHER = types.Channel(78, "Other", types.ChatPhotoEmpty(), NOW, broadcast=True, access_hash=6)


def read_one(**fields: Any) -> SourceMessage:
    (found,) = read_answer(answer(message(9, **fields), users=[ANNA], chats=[channel(), OTHER]), CHANNEL)
    return found


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, ("News", CHANNEL.chat_id, None)),
        ({"post_author": "Ed"}, ("Ed", CHANNEL.chat_id, None)),
        ({"from_id": types.PeerUser(8)}, ("Anna Ko", 8, "anna_ko")),
        ({"from_id": types.PeerChannel(78)}, ("Other", -1000000000078, None)),
        ({"from_id": types.PeerUser(99)}, ("", 99, None)),
    ],
)
def test_the_author(fields: dict[str, Any], expected: tuple[str, int, str | None]) -> None:
    """The person, or the chat in whose name it stands; of strangers only the id is known."""
    found = read_one(**fields)

    assert (found.sender, found.sender_id, found.sender_username) == expected


def test_own_messages_of_a_private_chat_are_not_the_other_persons() -> None:
    """The chat is named after the other one, whoever wrote."""
    me = types.User(5, first_name="Me", is_self=True, access_hash=1)
    people = {5: me, 8: ANNA}
    mine = types.Message(1, types.PeerUser(8), date=NOW, message="x", out=True)
    theirs = types.Message(2, types.PeerUser(8), date=NOW, message="x")

    assert author_of(mine, people) == Author("Me", 5)
    assert author_of(theirs, people) == Author("Anna Ko", 8, "anna_ko")
    assert author_of(mine, {}) == Author()


@pytest.mark.parametrize(
    ("header", "reply_to", "topic"),
    [
        (None, None, None),
        (types.MessageReplyHeader(reply_to_msg_id=4), 4, None),
        (types.MessageReplyHeader(reply_to_msg_id=4, reply_to_top_id=2), 4, None),
        (types.MessageReplyHeader(reply_to_msg_id=4, forum_topic=True), None, 4),
        (types.MessageReplyHeader(reply_to_msg_id=4, reply_to_top_id=2, forum_topic=True), 4, 2),
        (types.MessageReplyHeader(reply_to_msg_id=4, reply_to_peer_id=types.PeerChannel(78)), None, None),
        (types.MessageReplyHeader(quote_text="x"), None, None),
        (types.MessageReplyStoryHeader(types.PeerUser(8), 1), None, None),
    ],
)
def test_what_a_message_answers(header: Any, reply_to: int | None, topic: int | None) -> None:
    """A message of the same chat; standing in a topic, quoting another chat or a story is no answer."""
    found = read_one(reply_to=header)

    assert (found.reply_to, found.topic_id) == (reply_to, topic)


@pytest.mark.parametrize(
    ("header", "origin", "origin_id"),
    [
        (None, None, None),
        (types.MessageFwdHeader(NOW, from_id=types.PeerChannel(78), channel_post=3), "Other", -1000000000078),
        (types.MessageFwdHeader(NOW, from_id=types.PeerUser(8)), "Anna Ko", 8),
        (types.MessageFwdHeader(NOW, from_id=types.PeerUser(99)), "", 99),
        (types.MessageFwdHeader(NOW, from_name="Hidden Bo"), "Hidden Bo", None),
        (types.MessageFwdHeader(NOW), "", None),
    ],
)
def test_where_a_forward_comes_from(header: Any, origin: str | None, origin_id: int | None) -> None:
    """A chat or person; only a name where they hide, and None for what is no forward."""
    found = read_one(fwd_from=header)

    assert (found.origin, found.origin_id) == (origin, origin_id)


@pytest.mark.parametrize(
    ("media", "media_id", "size_bytes"),
    [
        (None, None, None),
        (PHOTO, 3, None),
        (document(), 9, 3),
        (types.MessageMediaDice(3, "x"), None, None),
        (types.MessageMediaWebPage(types.WebPageEmpty(1)), None, None),
        (types.MessageMediaPhoto(), None, None),
    ],
)
def test_the_number_and_size_of_media(media: Any, media_id: int | None, size_bytes: int | None) -> None:
    """Files have a number that stays the same wherever they go; documents say how large they are."""
    found = read_one(media=media)

    assert (found.media_id, found.size_bytes) == (media_id, size_bytes)


def test_an_edit_is_known_by_its_time() -> None:
    """Also one that clients do not show."""
    later = NOW + timedelta(hours=1)

    assert read_one().edited_at is None
    assert read_one(edit_date=later).edited_at == later
    assert read_one(edit_date=later, edit_hide=True).edited_at == later


async def test_the_sandbox_tells_it_all(
    world: World, conn: Connection, anna: Account, editor: Account, news: Chat, source: Peer
) -> None:
    """A forum's answers and topics, a channel's pins and forwards, a poll's number."""
    forum = world.add_channel("Forum", admins=[editor], members=[anna], broadcast=False, forum=True)
    topic = world.add_topic(forum, "Talk", creator=editor)
    first = world.post(forum, "a", sender=editor, topic=topic)
    world.post(forum, "b", sender=editor, reply_to=first)
    post = world.post(news, "c", date=datetime(2026, 1, 1, tzinfo=UTC))
    poll = world.post(news, media="poll")
    world.forward(post, forum, sender=editor)
    world.pin(post)

    *_, one, two, forwarded = await read(conn, await peer_of(conn, forum))
    *_, question, pin = await read(conn, source)

    assert [(found.topic_id, found.reply_to) for found in (one, two)] == [(topic.id, None), (topic.id, first.id)]
    assert (one.sender, one.sender_id) == ("Ed", editor.id)
    assert (forwarded.origin, forwarded.origin_id) == ("News", news.marked_id)
    assert question.media_id == poll.media_id
    assert (pin.is_service, pin.pins) == (True, post.id)
