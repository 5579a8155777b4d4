"""Edits, deletions and pins at the dest: exact, repeatable, and refused in a way that stops nothing else."""

import pytest
from telethon.tl import types

from tests.telegram.conftest import peer_of
from tests.telegram.sends import changed, deliveries, forward, read, send_media, send_text
from tgforward.errors import EditRefused, MessageGone, MessageRejected
from tgforward.forwarding.identity import part_of
from tgforward.forwarding.message import Entity, EntityKind, FormattedText
from tgforward.forwarding.plan import Delivery
from tgforward.sandbox.server import Sandbox
from tgforward.sandbox.standing import StandingMessage
from tgforward.sandbox.world.accounts import Account
from tgforward.sandbox.world.chats import Chat
from tgforward.sandbox.world.world import World
from tgforward.telegram.connection import Connection
from tgforward.telegram.editing import delete, edit, pin
from tgforward.telegram.manner import Manner
from tgforward.telegram.peers import Peer
from tgforward.types import MessageId, RandomId


def standing(sandbox: Sandbox, chat: Chat) -> list[StandingMessage]:
    return [message for message in sandbox.messages(chat) if not message.is_service]


async def test_a_text_is_edited_with_its_formatting(
    world: World, conn: Connection, sandbox: Sandbox, news: Chat, copies: Chat, source: Peer, dest: Peer
) -> None:
    """Whether it was forwarded or sent anew; the copy says what the source now says."""
    post = world.post(news, "before")
    (message,) = await read(conn, source)
    (forwarded,) = (await forward(conn, source, dest, deliveries([message]))).values()
    (anew,) = (await send_text(conn, dest, changed(message, "before!"))).values()
    world.edit(post, "after it", [types.MessageEntityBold(0, 5)])
    (message,) = await read(conn, source)

    await edit(conn, dest, forwarded, Delivery(message, RandomId(1)))
    await edit(conn, dest, anew, changed(message, "after!", Entity(0, 2, EntityKind.ITALIC)))

    found = [(one.text, list(one.entities), one.is_edited) for one in standing(sandbox, copies)]
    assert found == [
        ("after it", [types.MessageEntityBold(0, 5).to_dict()], True),
        ("after!", [types.MessageEntityItalic(0, 2).to_dict()], True),
    ]


async def test_a_caption_and_its_media_are_edited(
    world: World, conn: Connection, sandbox: Sandbox, news: Chat, copies: Chat, source: Peer, dest: Peer
) -> None:
    """The copy gets the media that the source has now; a caption may become empty."""
    post, other = world.post(news, "a photo", media="photo"), world.post(news, "b", media="photo")
    one, two = await read(conn, source)
    first, second = (await forward(conn, source, dest, deliveries([one, two]))).values()
    world.edit(post, "another photo", media="photo")
    world.edit(other, "")
    one, two = await read(conn, source)

    await edit(conn, dest, first, Delivery(one, RandomId(1)))
    await edit(conn, dest, second, Delivery(two, RandomId(2)))

    assert [(found.text, found.media_id) for found in standing(sandbox, copies)] == [
        ("another photo", post.media_id),
        ("", other.media_id),
    ]


async def test_a_repeated_edit_is_no_error(
    world: World, conn: Connection, sandbox: Sandbox, news: Chat, copies: Chat, source: Peer, dest: Peer
) -> None:
    """After a crash the same edits are made once more."""
    world.post(news, "text")
    world.post(news, "caption", media="photo")
    text, photo = await read(conn, source)
    first, second = (await forward(conn, source, dest, deliveries([text, photo]))).values()

    for _ in range(2):
        await edit(conn, dest, first, changed(text, "text 2"))
        await edit(conn, dest, second, changed(photo, "caption 2"))

    assert [found.text for found in standing(sandbox, copies)] == ["text 2", "caption 2"]
    assert conn.requests["messages.editMessage"] == 4


async def test_the_rest_of_a_too_long_caption_is_edited_as_a_text(
    world: World, conn: Connection, sandbox: Sandbox, news: Chat, copies: Chat, source: Peer, dest: Peer
) -> None:
    """No media is put on it."""
    world.post(news, "long", media="photo")
    (photo,) = await read(conn, source)
    await send_media(conn, dest, changed(photo, "long"))
    rest = Delivery(photo, RandomId(2), part_of(0, piece=1), FormattedText("rest"))
    (copy,) = (await send_text(conn, dest, rest)).values()

    await edit(conn, dest, copy, Delivery(photo, RandomId(2), part_of(0, piece=1), FormattedText("rest 2")))

    assert [(found.text, found.kind) for found in standing(sandbox, copies)] == [("long", "photo"), ("rest 2", "")]


async def test_an_edited_text_keeps_or_loses_its_preview(
    world: World, conn: Connection, sandbox: Sandbox, news: Chat, copies: Chat, source: Peer, dest: Peer
) -> None:
    """As the original has one, and as the manner says."""
    world.post(news, "see https://example.org/article", media="web_page")
    (message,) = await read(conn, source)
    (copy,) = (await send_text(conn, dest, Delivery(message, RandomId(1)))).values()
    new = changed(message, "look https://example.org/article")

    await edit(conn, dest, copy, new)
    kept = standing(sandbox, copies)[0].kind
    await edit(conn, dest, copy, new, Manner(keep_preview=False))

    assert (kept, standing(sandbox, copies)[0].kind) == ("web_page", "")


async def test_what_cannot_be_sent_anew_stays_as_it_is(
    world: World, conn: Connection, news: Chat, source: Peer, dest: Peer
) -> None:
    """Nothing is asked of Telegram."""
    world.post(news, media="poll")
    (poll,) = await read(conn, source)
    (copy,) = (await forward(conn, source, dest, deliveries([poll]))).values()

    await edit(conn, dest, copy, Delivery(poll, RandomId(1)))

    assert conn.requests["messages.editMessage"] == 0


async def test_what_can_no_longer_be_edited_says_so(
    world: World, conn: Connection, sandbox: Sandbox, news: Chat, source: Peer, dest: Peer
) -> None:
    """Too old, deleted, a forward with its origin, somebody else's: each is EditRefused, and nothing else."""
    world.post(news, "text")
    (message,) = await read(conn, source)
    delivery = changed(message, "new")
    (mine,) = (await send_text(conn, dest, changed(message, "old", random_id=5))).values()
    (named,) = (await forward(conn, source, dest, deliveries([message]), Manner(drop_author=False))).values()
    sandbox.faults.add("error", method="messages.EditMessage", error="MESSAGE_EDIT_TIME_EXPIRED", code=400)

    for peer, message_id in ((dest, mine), (dest, MessageId(999)), (dest, named), (source, message.id)):
        with pytest.raises(EditRefused):
            await edit(conn, peer, message_id, delivery)


async def test_deleting_is_repeatable(
    world: World, conn: Connection, sandbox: Sandbox, copies: Chat, dest: Peer, anna: Account
) -> None:
    """Any number of messages in a channel; those that are gone do not matter."""
    ids = [MessageId(world.post(copies, str(number), sender=anna).id) for number in range(103)]
    kept = ids.pop(7)

    for _ in range(2):
        await delete(conn, dest, ids)

    assert [found.id for found in standing(sandbox, copies)] == [kept]
    assert conn.requests["channels.deleteMessages"] == 4


async def test_deleting_in_a_basic_group_removes_it_for_everybody(
    world: World, conn: Connection, anna: Account, editor: Account, news: Chat, source: Peer
) -> None:
    """Message ids are the account's own there."""
    dest = await peer_of(conn, world.add_group("Small", admins=[editor], members=[anna]))
    world.post(news, "text")
    (message,) = await read(conn, source)
    (copy,) = (await send_text(conn, dest, changed(message, "for all"))).values()

    await delete(conn, dest, [copy])

    assert "for all" not in [stored.text for stored in editor.mailbox.values()]


async def test_what_is_not_ours_is_not_deleted(world: World, conn: Connection, news: Chat, source: Peer) -> None:
    """A reader's deletion is refused as this one message's matter."""
    post = world.post(news, "text")

    with pytest.raises(EditRefused):
        await delete(conn, source, [MessageId(post.id)])


async def test_pinning_is_repeatable(
    world: World, conn: Connection, sandbox: Sandbox, copies: Chat, dest: Peer, anna: Account
) -> None:
    """It is pinned once, and nobody is disturbed."""
    post = world.post(copies, "text", sender=anna)

    for _ in range(2):
        await pin(conn, dest, MessageId(post.id))

    assert standing(sandbox, copies)[0].is_pinned
    assert [entry.silent for entry in sandbox.journal(copies) if entry.is_service and entry.reply_to] == [True]


async def test_a_pin_that_is_refused_is_one_messages_matter(
    world: World, conn: Connection, copies: Chat, dest: Peer, anna: Account, editor: Account
) -> None:
    """The right to pin may be missing while sending goes on; what is gone is gone."""
    group = world.add_channel("Group", admins=[editor], members=[anna], broadcast=False)
    post = world.post(group, "text", sender=anna)

    with pytest.raises(MessageRejected, match="may not pin"):
        await pin(conn, await peer_of(conn, group), MessageId(post.id))
    with pytest.raises(MessageGone):
        await pin(conn, dest, MessageId(999))
