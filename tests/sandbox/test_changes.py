"""Editing, deleting and pinning."""

from datetime import UTC, datetime
from typing import Any

import pytest
from telethon import errors, events
from telethon.tl import functions, types

from tests.fixtures.sandbox import Connect
from tests.sandbox.calls import new_messages, peer
from tgforward.sandbox.server import Sandbox
from tgforward.sandbox.world.accounts import Account
from tgforward.sandbox.world.chats import Chat
from tgforward.sandbox.world.contents import KindName
from tgforward.sandbox.world.text import Limits
from tgforward.sandbox.world.world import World

pin_request = functions.messages.UpdatePinnedMessageRequest


def edit(where: Any, message_id: int, text: str | None = None, **options: Any) -> Any:
    return functions.messages.EditMessageRequest(where, message_id, message=text, **options)


async def test_edits_of_text(connect: Connect, sandbox: Sandbox, anna: Account, copies: Chat) -> None:
    """Text or formatting alone may change; each edit is later than the last one, and the same again is refused."""
    client, where = await connect(anna), peer(sandbox, anna, copies)
    sent = await client.send_message(where, "text")
    bold = [types.MessageEntityBold(0, 4)]
    dates = []
    for text, entities in (("text", bold), ("more", bold), ("more", [])):
        answer = await client(edit(where, sent.id, text, entities=entities))
        dates.append(answer.updates[0].message.edit_date)
    assert dates == sorted(set(dates))
    with pytest.raises(errors.MessageNotModifiedError):
        await client(edit(where, sent.id, "more"))
    (standing,) = sandbox.messages(copies)
    assert (standing.text, standing.entities, standing.edited_at) == ("more", (), dates[-1])
    assert sandbox.journal(copies)[0].text == "text"


class StoppedClock:
    """It is always the same time."""

    def now(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC)

    def monotonic(self) -> float:
        return 0


@pytest.mark.parametrize("rise", [True, False])
def test_edits_within_a_second(*, rise: bool) -> None:
    """A second edit within one second is dated a second later, or like the first one, as on Telegram."""
    world = World(clock=StoppedClock())
    world.store.edit_times_rise = rise
    post = world.post(world.add_channel("News"), "text")
    dates = []
    for text in ("first", "second"):
        world.edit(post, text)
        dates.append(post.edited_at)
    assert len(set(dates)) == (2 if rise else 1)


async def test_edits_of_media(connect: Connect, sandbox: Sandbox, anna: Account, copies: Chat, world: World) -> None:
    """A caption and the file change together or alone; the same file under the same caption is refused."""
    first, second = world.post(copies, "one", sender=anna, media="photo"), world.post(copies, media="photo")
    client, where = await connect(anna), peer(sandbox, anna, copies)
    photos = {message.id: message.photo for message in await client.get_messages(where, limit=2)}

    def reference(message_id: int, **options: Any) -> Any:
        photo = photos[message_id]
        return types.InputMediaPhoto(types.InputPhoto(photo.id, photo.access_hash, photo.file_reference), **options)

    await client(edit(where, first.id, "two"))
    assert sandbox.messages(copies)[0].media_id == photos[first.id].id
    with pytest.raises(errors.MessageNotModifiedError):
        await client(edit(where, first.id, "two", media=reference(first.id)))
    await client(edit(where, first.id, media=reference(second.id)))
    assert sandbox.messages(copies)[0].media_id == photos[second.id].id
    await client(edit(where, first.id, media=reference(second.id, spoiler=True)))
    (standing, _) = sandbox.messages(copies)
    assert (standing.text, standing.spoiler) == ("two", True)


@pytest.mark.parametrize("kind", ["poll", "contact", "location", "venue", "dice"])
async def test_what_has_no_text_is_not_edited(
    connect: Connect, sandbox: Sandbox, anna: Account, copies: Chat, world: World, kind: KindName
) -> None:
    """Polls, places, contacts and dice stay as they are."""
    post = world.post(copies, sender=anna, media=kind)
    client = await connect(anna)
    with pytest.raises(errors.MessageIdInvalidError):
        await client(edit(peer(sandbox, anna, copies), post.id, "text"))


async def test_forwards_are_not_edited(
    connect: Connect, sandbox: Sandbox, anna: Account, news: Chat, copies: Chat, world: World
) -> None:
    """A forward that names its origin is refused; one without author is the account's own."""
    post = world.post(news, "text")
    client, where = await connect(anna), peer(sandbox, anna, copies)
    (named,) = await client.forward_messages(where, [post.id], "the_news")
    (copied,) = await client.forward_messages(where, [post.id], "the_news", drop_author=True)
    with pytest.raises(errors.MessageIdInvalidError):
        await client(edit(where, named.id, "other"))
    await client(edit(where, copied.id, "other"))
    assert [message.text for message in sandbox.messages(copies)] == ["text", "other"]


async def test_the_right_to_edit(
    connect: Connect, sandbox: Sandbox, anna: Account, ed: Account, copies: Chat, world: World
) -> None:
    """An admin of a channel edits what others wrote only with that right, and in a supergroup never."""
    group = world.add_channel("Group", admins=[ed, anna], broadcast=False)
    world.join(copies, ed, admin=True)
    client = await connect(ed)
    post, question = world.post(copies, "post", sender=anna), world.post(group, "question", sender=anna)
    await client(edit(peer(sandbox, ed, copies), post.id, "edited"))
    world.grant(copies, ed, can_edit=False)
    for chat, message in ((copies, post), (group, question)):
        with pytest.raises(errors.MessageAuthorRequiredError):
            await client(edit(peer(sandbox, ed, chat), message.id, "again"))
    rights = (await client.get_entity(peer(sandbox, ed, copies))).admin_rights
    assert (bool(rights.post_messages), bool(rights.edit_messages)) == (True, False)
    await client.delete_messages(peer(sandbox, ed, group), [question.id])
    assert sandbox.messages(group) == []


async def test_the_time_to_edit_is_over(connect: Connect, sandbox: Sandbox, anna: Account, copies: Chat) -> None:
    """Telegram's refusal of late edits can be ordered."""
    client, where = await connect(anna), peer(sandbox, anna, copies)
    sent = await client.send_message(where, "text")
    sandbox.faults.add("error", method="messages.EditMessage", error="MESSAGE_EDIT_TIME_EXPIRED")
    with pytest.raises(errors.MessageEditTimeExpiredError):
        await client(edit(where, sent.id, "late"))
    await client(edit(where, sent.id, "in time"))


async def test_deleting_what_is_gone(
    connect: Connect, sandbox: Sandbox, anna: Account, copies: Chat, world: World
) -> None:
    """Ids that are not there are passed over without an error, and nobody is told of them."""
    post, kept = world.post(copies, "gone"), world.post(copies, "kept")
    client, where = await connect(anna), peer(sandbox, anna, copies)
    first = await client(functions.channels.DeleteMessagesRequest(where, [post.id, 99]))
    again = await client(functions.channels.DeleteMessagesRequest(where, [post.id, 99]))
    assert (first.pts, first.pts_count) == (copies.log.pts, 1)
    assert (again.pts, again.pts_count) == (first.pts, 0)
    assert [message.id for message in sandbox.messages(copies)] == [kept.id]
    affected = await client(functions.messages.DeleteMessagesRequest([99], revoke=True))
    assert affected.pts_count == 0


async def test_a_pin(connect: Connect, sandbox: Sandbox, anna: Account, copies: Chat, world: World) -> None:
    """A pin is served with the message and told by a service message; it is neither made nor ended twice."""
    post = world.post(copies, "text")
    client, where = await connect(anna), peer(sandbox, anna, copies)
    answer = await client(pin_request(where, post.id))
    (note,) = new_messages(answer)
    assert isinstance(note.action, types.MessageActionPinMessage)
    assert note.reply_to.reply_to_msg_id == post.id
    assert (await client.get_messages(where, ids=post.id)).pinned
    for unpin in (False, True):
        if unpin:
            await client(pin_request(where, post.id, unpin=True))
        with pytest.raises(errors.ChatNotModifiedError):
            await client(pin_request(where, post.id, unpin=unpin))
    await client(pin_request(where, post.id, pm_oneside=True))
    assert [(message.is_service, message.is_pinned) for message in sandbox.messages(copies)] == [
        (False, True),
        (True, False),
    ]
    with pytest.raises(errors.MessageIdInvalidError):
        await client(pin_request(where, note.id))


async def test_the_right_to_pin(
    connect: Connect, sandbox: Sandbox, anna: Account, news: Chat, ed: Account, world: World
) -> None:
    """In channels only admins pin; in a basic group every member does, and each sees its own number pinned."""
    post = world.post(news, "text")
    client = await connect(anna)
    with pytest.raises(errors.ChatAdminRequiredError):
        await client(pin_request(peer(sandbox, anna, news), post.id))
    group = world.add_group("Friends", admins=[ed], members=[anna])
    await client.send_message("me", "moves Anna's numbers")
    message = world.post(group, "text", sender=ed)
    answer = await client(pin_request(types.InputPeerChat(group.id), message.id_for(anna)))
    (pinned,) = [update for update in answer.updates if isinstance(update, types.UpdatePinnedMessages)]
    assert pinned.messages == [message.id_for(anna)]
    served = await (await connect(ed)).get_messages(types.InputPeerChat(group.id), ids=message.id_for(ed))
    assert served.pinned


async def test_pins_are_told(connect: Connect, anna: Account, news: Chat, world: World) -> None:
    """A connected member hears of a pin."""
    client: Any = await connect(anna, receive_updates=True)
    told: Any = client.loop.create_future()
    client.add_event_handler(told.set_result, events.Raw(types.UpdatePinnedChannelMessages))
    post = world.post(news, "text")
    world.pin(post)
    update = await told
    assert (update.messages, update.pinned) == ([post.id], True)


@pytest.mark.parametrize(("premium", "length", "fits"), [(False, 6, False), (True, 6, True), (True, 9, False)])
async def test_the_world_sets_the_limits(
    connect: Connect, sandbox: Sandbox, world: World, *, premium: bool, length: int, fits: bool
) -> None:
    """Texts and captions are measured by what the server tells of itself; captions are longer with premium."""
    world.limits = Limits(text=10, caption=5, premium_caption=8)
    account = world.add_user("Sender", premium=premium)
    chat = world.add_channel("Own", admins=[account])
    post = world.post(chat, media="photo")
    client, where = await connect(account), peer(sandbox, account, chat)
    config = await client(functions.help.GetConfigRequest())
    told = (await client(functions.help.GetAppConfigRequest(0))).config.value
    assert (config.message_length_max, config.caption_length_max) == (10, 5)
    assert {one.key: one.value.value for one in told} == {
        "caption_length_limit_default": 5,
        "caption_length_limit_premium": 8,
    }
    if fits:
        await client(edit(where, post.id, "x" * length))
    else:
        with pytest.raises(errors.MediaCaptionTooLongError):
            await client(edit(where, post.id, "x" * length))
    with pytest.raises(errors.MessageTooLongError):
        await client.send_message(where, "x" * 11)
