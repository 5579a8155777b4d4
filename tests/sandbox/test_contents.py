"""Every kind of thing that hangs on a message: served, forwarded, sent anew."""

from typing import Any, get_args

import pytest
from telethon import errors
from telethon.tl import functions, types

from tests.fixtures.sandbox import Connect
from tests.sandbox.calls import new_messages, peer
from tgforward.sandbox.server import Sandbox
from tgforward.sandbox.world.accounts import Account
from tgforward.sandbox.world.chats import Chat
from tgforward.sandbox.world.contents import ContentName, KindName, make_content
from tgforward.sandbox.world.media import MediaName
from tgforward.sandbox.world.pages import find_page
from tgforward.sandbox.world.world import World

KINDS = (*get_args(MediaName), *get_args(ContentName))
CLASSES = {
    "contact": types.MessageMediaContact,
    "location": types.MessageMediaGeo,
    "live_location": types.MessageMediaGeoLive,
    "venue": types.MessageMediaVenue,
    "poll": types.MessageMediaPoll,
    "quiz": types.MessageMediaPoll,
    "dice": types.MessageMediaDice,
    "web_page": types.MessageMediaWebPage,
    "unsupported": types.MessageMediaUnsupported,
    "photo": types.MessageMediaPhoto,
}


@pytest.mark.parametrize("kind", KINDS)
async def test_a_forward_keeps_every_kind(
    connect: Connect, sandbox: Sandbox, anna: Account, news: Chat, copies: Chat, world: World, kind: KindName
) -> None:
    """What is forwarded is the same thing, and the journals call it by the same name."""
    post = world.post(news, "text", media=kind)
    client = await connect(anna)
    (served,) = await client.get_messages("the_news", limit=1)
    assert isinstance(served.media, CLASSES.get(kind, types.MessageMediaDocument))
    request = functions.messages.ForwardMessagesRequest(
        peer(sandbox, anna, news), [post.id], peer(sandbox, anna, copies), random_id=[1], drop_author=True
    )
    (copy,) = new_messages(await client(request))
    assert type(copy.media) is type(served.media)
    (original,), (entry,) = sandbox.journal(news), sandbox.journal(copies)
    assert entry.kind == original.kind == kind
    assert entry.media_id == original.media_id
    assert entry.text == "text"


POINT = types.InputGeoPoint(1.5, 2.5)
SENT: list[tuple[Any, str]] = [
    (types.InputMediaContact("+1", "Ada", "", ""), "contact"),
    (types.InputMediaGeoPoint(POINT), "location"),
    (types.InputMediaGeoLive(POINT, period=60), "live_location"),
    (types.InputMediaVenue(POINT, "Museum", "1 Island", "", "", ""), "venue"),
    (types.InputMediaDice("🎲"), "dice"),
    (types.InputMediaWebPage("https://a.example"), "web_page"),
]


@pytest.mark.parametrize(("media", "kind"), SENT)
async def test_content_is_sent(
    connect: Connect, sandbox: Sandbox, anna: Account, copies: Chat, media: Any, kind: str
) -> None:
    """A client sends contacts, places, dice and previews by describing them."""
    client = await connect(anna)
    await client(functions.messages.SendMediaRequest(peer(sandbox, anna, copies), media, "", random_id=1))
    assert [entry.kind for entry in sandbox.journal(copies)] == [kind]


def poll_of(answers: int, *, quiz: bool = False, question: str = "Which?") -> Any:
    choices = [types.InputPollAnswer(types.TextWithEntities(f"answer {number}", [])) for number in range(answers)]
    return types.Poll(0, types.TextWithEntities(question, []), choices, hash=0, quiz=quiz)


@pytest.mark.parametrize("quiz", [False, True])
async def test_a_poll_begins_and_is_forwarded(
    connect: Connect, sandbox: Sandbox, anna: Account, copies: Chat, *, quiz: bool
) -> None:
    """A poll that is sent gets its own id, and keeps it when it is forwarded; a poll is not edited."""
    client, where = await connect(anna), peer(sandbox, anna, copies)
    media = types.InputMediaPoll(poll_of(3, quiz=quiz), correct_answers=[1] if quiz else None)
    (sent,) = new_messages(await client(functions.messages.SendMediaRequest(where, media, "", random_id=1)))
    await client.forward_messages(where, sent)
    first, second = sandbox.journal(copies)
    assert first.kind == second.kind == ("quiz" if quiz else "poll")
    assert first.media_id == second.media_id == sent.media.poll.id
    assert [answer.text.text for answer in sent.media.poll.answers] == ["answer 0", "answer 1", "answer 2"]
    with pytest.raises(errors.MessageIdInvalidError):
        await client.edit_message(where, sent.id, "text")


@pytest.mark.parametrize(
    ("poll", "error"),
    [
        (poll_of(1), "POLL_ANSWERS_INVALID"),
        (poll_of(13), "POLL_ANSWERS_INVALID"),
        (poll_of(2, question=""), "POLL_QUESTION_INVALID"),
        (poll_of(2, quiz=True), "QUIZ_CORRECT_ANSWERS_EMPTY"),
    ],
)
async def test_wrong_polls(
    connect: Connect, sandbox: Sandbox, anna: Account, copies: Chat, poll: Any, error: str
) -> None:
    """A poll without question, with too few or too many answers, or a quiz without solution is refused."""
    request = functions.messages.SendMediaRequest(peer(sandbox, anna, copies), types.InputMediaPoll(poll), "")
    client = await connect(anna)
    with pytest.raises(errors.RPCError) as caught:
        await client(request)
    assert refusal_matches(caught.value, error)


def refusal_matches(error: errors.RPCError, name: str) -> bool:
    """Telethon names some errors by class only."""
    return name in str(error) or type(error).__name__ == name.title().replace("_", "") + "Error"


PAGES: list[tuple[str, list[Any], str | None]] = [
    ("plain", [], None),
    ("see https://a.example/x.", [], "https://a.example/x"),
    ("see this", [types.MessageEntityTextUrl(4, 4, "https://b.example")], "https://b.example"),
    ("🙂 this https://a.example", [types.MessageEntityTextUrl(3, 4, "https://b.example")], "https://b.example"),
    ("https://a.example 🙂 this", [types.MessageEntityTextUrl(21, 4, "https://b.example")], "https://a.example"),
]


@pytest.mark.parametrize(("text", "entities", "url"), PAGES)
def test_the_first_link_has_the_preview(text: str, entities: list[Any], url: str | None) -> None:
    """Written out or behind words, whichever stands first."""
    found = find_page(text, entities)
    assert (None if found is None else found.webpage.url) == url


async def test_previews(connect: Connect, sandbox: Sandbox, anna: Account, copies: Chat) -> None:
    """A text with a link is sent and edited with a preview, unless the client does not want one."""
    client, where = await connect(anna), peer(sandbox, anna, copies)
    link = "https://a.example"
    for preview in (True, False):
        await client.send_message(where, link, link_preview=preview)
    assert [entry.kind for entry in sandbox.journal(copies)] == ["web_page", ""]
    await client.edit_message(where, 1, link, link_preview=False)
    await client.edit_message(where, 2, link, link_preview=True)
    assert [message.kind for message in sandbox.messages(copies)] == ["", "web_page"]
    with pytest.raises(errors.MessageNotModifiedError):
        await client.edit_message(where, 2, link, link_preview=True)
    await client.edit_message(where, 2, "plain")
    assert [message.kind for message in sandbox.messages(copies)] == ["", ""]


async def test_spoilers(
    connect: Connect, sandbox: Sandbox, anna: Account, news: Chat, copies: Chat, world: World
) -> None:
    """A covered photo stays covered when it is forwarded; a send says itself whether it is."""
    post = world.post(news, media="photo", spoiler=True)
    client, where = await connect(anna), peer(sandbox, anna, copies)
    (served,) = await client.get_messages("the_news", limit=1)
    assert served.media.spoiler
    await client.forward_messages(where, post.id, "the_news")
    photo = types.InputPhoto(served.photo.id, served.photo.access_hash, served.photo.file_reference)
    for spoiler in (True, False):
        media = types.InputMediaPhoto(photo, spoiler=spoiler)
        await client(functions.messages.SendMediaRequest(where, media, ""))
    assert [entry.spoiler for entry in sandbox.journal(copies)] == [True, True, False]


async def test_buttons(
    connect: Connect, sandbox: Sandbox, anna: Account, news: Chat, copies: Chat, world: World
) -> None:
    """Buttons are served and left behind by a forward; people cannot send them, bots can."""
    rows = [[("Open", "https://a.example"), ("Vote", "vote:1")], [("More", "more")]]
    post = world.post(news, "text", buttons=rows)
    client, where = await connect(anna), peer(sandbox, anna, copies)
    (served,) = await client.get_messages("the_news", limit=1)
    assert [[button.text for button in row.buttons] for row in served.reply_markup.rows] == [["Open", "Vote"], ["More"]]
    (forwarded,) = await client.forward_messages(where, [post.id], "the_news")
    assert forwarded.reply_markup is None
    bot = world.add_bot("button_bot")
    world.join(copies, bot, admin=True)
    for account in (anna, bot):
        request = functions.messages.SendMessageRequest(
            peer(sandbox, account, copies), "text", reply_markup=served.reply_markup
        )
        await (await connect(account))(request)
    assert [entry.has_buttons for entry in sandbox.journal(copies)] == [False, False, True]


async def test_vanishing_media(
    connect: Connect, sandbox: Sandbox, anna: Account, news: Chat, copies: Chat, world: World
) -> None:
    """Media with a lifetime is served with it and cannot be forwarded."""
    post = world.post(news, media="photo", ttl_s=30)
    client = await connect(anna)
    (served,) = await client.get_messages("the_news", limit=1)
    assert served.media.ttl_seconds == 30
    with pytest.raises(errors.MessageIdInvalidError):
        await client.forward_messages(peer(sandbox, anna, copies), post.id, "the_news")


async def test_text_above_its_media(
    connect: Connect, sandbox: Sandbox, anna: Account, news: Chat, copies: Chat, world: World
) -> None:
    """A message whose media stands below its text keeps that order in a forward."""
    post = world.post(news, "text", media="photo", inverted=True)
    client = await connect(anna)
    (copy,) = await client.forward_messages(peer(sandbox, anna, copies), [post.id], "the_news")
    assert copy.invert_media


ALBUMS: list[list[KindName]] = [["photo", "video"], ["document", "document"], ["audio", "audio", "audio"]]


@pytest.mark.parametrize("kinds", ALBUMS)
async def test_albums_of_any_mix(
    connect: Connect, anna: Account, news: Chat, world: World, kinds: list[KindName]
) -> None:
    """An album holds photos with videos, documents, or audio, each with its own formatted caption."""
    bold = types.MessageEntityBold(0, 3)
    world.post_album(news, [(kind, f"{number:3}", [bold]) for number, kind in enumerate(kinds)], spoiler=True)
    client = await connect(anna)
    messages = await client.get_messages("the_news", limit=10)
    assert len({message.grouped_id for message in messages}) == 1
    assert all(message.entities == [bold] for message in messages)


async def test_no_poll_in_an_album(connect: Connect, sandbox: Sandbox, anna: Account, copies: Chat) -> None:
    """Only files make an album."""
    item = types.InputSingleMedia(types.InputMediaDice("🎲"), "", random_id=1)
    client = await connect(anna)
    with pytest.raises(errors.MediaInvalidError):
        await client(functions.messages.SendMultiMediaRequest(peer(sandbox, anna, copies), [item]))


async def test_formatting_of_every_kind(connect: Connect, anna: Account, news: Chat, world: World) -> None:
    """Custom emoji and collapsed quotes are served as they were posted."""
    entities = [types.MessageEntityBlockquote(0, 8, collapsed=True), types.MessageEntityCustomEmoji(0, 2, 77)]
    world.post(news, "🙂 quote", entities=entities)
    (served,) = await (await connect(anna)).get_messages("the_news", limit=1)
    assert served.entities == entities


async def test_mentions_become_real(
    connect: Connect, sandbox: Sandbox, anna: Account, ed: Account, news: Chat, copies: Chat, world: World
) -> None:
    """A mention by name that a client sends is stored as the person's, who comes along wherever it is served."""
    world.post(news, "Ed", entities=[types.MessageEntityMentionName(0, 2, ed.id)])
    client = await connect(anna)
    (served,) = await client.get_messages("the_news", limit=1)
    person = await client.get_input_entity(served.entities[0].user_id)
    mention = types.InputMessageEntityMentionName(0, 2, types.InputUser(person.user_id, person.access_hash))
    request = functions.messages.SendMessageRequest(peer(sandbox, anna, copies), "Ed", entities=[mention])
    await client(request)
    assert sandbox.journal(copies)[0].entities == sandbox.journal(news)[0].entities


def test_dice_show_one_to_six() -> None:
    """What a die shows is decided by its number."""
    assert {make_content("dice", number).value for number in range(12)} == {1, 2, 3, 4, 5, 6}
