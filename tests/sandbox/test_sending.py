"""Sending text and media."""

from typing import Any

import pytest
from telethon import errors
from telethon.tl import functions, types

from tests.fixtures.sandbox import Connect
from tests.sandbox.calls import new_messages, peer
from tgforward.sandbox.server import Sandbox
from tgforward.sandbox.world.accounts import Account
from tgforward.sandbox.world.chats import Chat
from tgforward.sandbox.world.media import PNG
from tgforward.sandbox.world.world import World


async def test_a_sent_message_is_stored(connect: Connect, sandbox: Sandbox, anna: Account, copies: Chat) -> None:
    """Text arrives with its formatting, its edges trimmed; the answer maps the `random_id`, the journal has it."""
    request = functions.messages.SendMessageRequest(
        peer(sandbox, anna, copies),
        "  bold 🙂 \n",
        random_id=77,
        entities=[types.MessageEntityBold(0, 6)],
    )
    answer = await (await connect(anna))(request)
    (number,) = [update for update in answer.updates if isinstance(update, types.UpdateMessageID)]
    (message,) = new_messages(answer)
    assert (number.id, number.random_id, message.id) == (1, 77, 1)
    assert (message.message, message.entities) == ("bold 🙂", [types.MessageEntityBold(0, 4)])
    (entry,) = sandbox.journal(copies)
    assert (entry.id, entry.sender, entry.text, entry.random_id) == (1, "Anna", "bold 🙂", 77)
    assert entry.entities == ({"_": "MessageEntityBold", "offset": 0, "length": 4},)


@pytest.mark.parametrize(
    ("text", "entities", "error"),
    [
        ("", [], errors.MessageEmptyError),
        (" \n ", [], errors.MessageEmptyError),
        ("x" * 4097, [], errors.MessageTooLongError),
        ("🙂" * 2049, [], errors.MessageTooLongError),
        ("abc", [types.MessageEntityBold(2, 2)], errors.EntityBoundsInvalidError),
        ("abc", [types.MessageEntityBold(-1, 2)], errors.EntityBoundsInvalidError),
    ],
)
async def test_refused_texts(
    connect: Connect, sandbox: Sandbox, anna: Account, copies: Chat, text: str, entities: list[Any], error: Any
) -> None:
    """Empty and overlong text and entities outside of it are refused, and nothing is stored."""
    client = await connect(anna)
    with pytest.raises(error):
        await client(
            functions.messages.SendMessageRequest(peer(sandbox, anna, copies), text, random_id=1, entities=entities)
        )
    assert sandbox.journal(copies) == []


async def test_the_longest_text(connect: Connect, sandbox: Sandbox, anna: Account, copies: Chat) -> None:
    """4096 UTF-16 units are accepted, white space around them does not count."""
    client = await connect(anna)
    await client(functions.messages.SendMessageRequest(peer(sandbox, anna, copies), "🙂" * 2048 + " ", random_id=1))
    assert len(sandbox.journal(copies)[0].text) == 2048


@pytest.mark.parametrize(("premium", "length", "fits"), [(False, 1025, False), (True, 1025, True), (False, 1024, True)])
async def test_captions(
    connect: Connect, sandbox: Sandbox, world: World, *, premium: bool, length: int, fits: bool
) -> None:
    """Captions hold 1024 units, more with premium."""
    account = world.add_user("Sender", premium=premium)
    chat = world.add_channel("Own", admins=[account])
    world.post(chat, media="photo")
    client = await connect(account)
    (message,) = await client.get_messages(peer(sandbox, account, chat), limit=1)
    media = types.InputMediaPhoto(
        types.InputPhoto(message.photo.id, message.photo.access_hash, message.photo.file_reference)
    )
    request = functions.messages.SendMediaRequest(peer(sandbox, account, chat), media, "x" * length)
    if fits:
        await client(request)
        assert len(sandbox.journal(chat)[1].text) == length
    else:
        with pytest.raises(errors.MediaCaptionTooLongError):
            await client(request)


async def test_media_by_reference(
    connect: Connect, sandbox: Sandbox, anna: Account, news: Chat, copies: Chat, world: World
) -> None:
    """A served photo can be sent again by reference, until the reference expires; a new fetch mends that."""
    post = world.post(news, media="photo")
    client = await connect(anna)

    async def send() -> None:
        (message,) = await client.get_messages("the_news", limit=1)
        photo = message.photo
        if expire:
            world.files.expire_references()
        media = types.InputMediaPhoto(types.InputPhoto(photo.id, photo.access_hash, photo.file_reference))
        await client(functions.messages.SendMediaRequest(peer(sandbox, anna, copies), media, "again"))

    expire = True
    with pytest.raises(errors.FileReferenceExpiredError):
        await send()
    expire = False
    await send()
    assert isinstance(post.media_id, int)
    assert [entry.media_id for entry in sandbox.journal(copies)] == [post.media_id]


async def test_an_album(
    connect: Connect, sandbox: Sandbox, anna: Account, news: Chat, copies: Chat, world: World
) -> None:
    """`sendMultiMedia` stores its items under one new album number, each with its own `random_id`."""
    world.post_album(news, [("photo", ""), ("document", "")])
    client = await connect(anna)
    document, photo = [message.media async for message in client.iter_messages("the_news")]
    items = [
        types.InputSingleMedia(
            types.InputMediaPhoto(
                types.InputPhoto(photo.photo.id, photo.photo.access_hash, photo.photo.file_reference)
            ),
            "first",
            random_id=1,
        ),
        types.InputSingleMedia(
            types.InputMediaDocument(
                types.InputDocument(
                    document.document.id, document.document.access_hash, document.document.file_reference
                )
            ),
            "",
            random_id=2,
        ),
    ]
    answer = await client(functions.messages.SendMultiMediaRequest(peer(sandbox, anna, copies), items))
    assert len({message.grouped_id for message in new_messages(answer)} - {None}) == 1
    assert [(entry.text, entry.random_id) for entry in sandbox.journal(copies)] == [("first", 1), ("", 2)]
    with pytest.raises(errors.MultiMediaTooLongError):
        await client(functions.messages.SendMultiMediaRequest(peer(sandbox, anna, copies), items * 6))


async def test_uploads(connect: Connect, sandbox: Sandbox, anna: Account, copies: Chat) -> None:
    """Telethon's `send_file` uploads a photo and a document, and their bytes come back."""
    client = await connect(anna)
    where = peer(sandbox, anna, copies)
    photo = await client.send_file(where, PNG, caption="a photo", force_document=False, attributes=[])
    document = await client.send_file(where, b"%PDF-1.4 text", force_document=True)
    assert await client.download_media(document, bytes) == b"%PDF-1.4 text"
    assert photo.media is not None
    album = await client.send_file(where, [PNG, PNG], caption=["one", "two"], force_document=True)
    assert len({message.grouped_id for message in album}) == 1


async def test_protected_media_is_not_sent_by_reference(
    connect: Connect, sandbox: Sandbox, anna: Account, ed: Account, copies: Chat, world: World
) -> None:
    """A photo seen in a protected chat is refused as media by reference."""
    secret = world.add_channel("Secret", admins=[ed], members=[anna], protected=True)
    world.post(secret, media="photo")
    client = await connect(anna)
    (message,) = await client.get_messages(peer(sandbox, anna, secret), limit=1)
    with pytest.raises(errors.ChatForwardsRestrictedError):
        await client.send_file(peer(sandbox, anna, copies), message.media)


async def test_edit_and_delete(connect: Connect, sandbox: Sandbox, anna: Account, copies: Chat) -> None:
    """The author edits and deletes; what is unchanged or gone is refused, and the journal keeps the first text."""
    client = await connect(anna)
    where = peer(sandbox, anna, copies)
    sent = await client.send_message(where, "first")
    edited = await client.edit_message(where, sent.id, "second")
    assert (edited.text, edited.edit_date is not None) == ("second", True)
    with pytest.raises(errors.MessageNotModifiedError):
        await client.edit_message(where, sent.id, "second")
    await client.delete_messages(where, [sent.id])
    with pytest.raises(errors.MessageIdInvalidError):
        await client.edit_message(where, sent.id, "third")
    assert await client.get_messages(where, limit=5) == []
    assert [entry.text for entry in sandbox.journal(copies)] == ["first"]
