"""Telegram's messages as the domain sees them, and back."""

from datetime import UTC, datetime
from typing import Any

import pytest
from telethon.tl import types

from tgforward.errors import MessageRejected
from tgforward.forwarding.message import Entity, EntityKind, MediaKind
from tgforward.telegram.convert import handle_of, read_answer
from tgforward.telegram.entities import from_telegram, to_telegram
from tgforward.telegram.media import kind_of, to_input
from tgforward.telegram.peers import Peer, PeerKind
from tgforward.types import ChatId

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
CHANNEL = Peer(ChatId(-1000000000077), PeerKind.CHANNEL, 5, "News")

ENTITIES = [
    (types.MessageEntityBold(0, 2), Entity(0, 2, EntityKind.BOLD)),
    (types.MessageEntityItalic(1, 2), Entity(1, 2, EntityKind.ITALIC)),
    (types.MessageEntityUnderline(1, 2), Entity(1, 2, EntityKind.UNDERLINE)),
    (types.MessageEntityStrike(1, 2), Entity(1, 2, EntityKind.STRIKE)),
    (types.MessageEntitySpoiler(1, 2), Entity(1, 2, EntityKind.SPOILER)),
    (types.MessageEntityCode(1, 2), Entity(1, 2, EntityKind.CODE)),
    (types.MessageEntityPre(1, 2, "rust"), Entity(1, 2, EntityKind.PRE, "rust")),
    (types.MessageEntityTextUrl(1, 2, "https://a.example"), Entity(1, 2, EntityKind.TEXT_LINK, "https://a.example")),
    (types.MessageEntityCustomEmoji(1, 2, 2**60), Entity(1, 2, EntityKind.CUSTOM_EMOJI, str(2**60))),
    (types.MessageEntityBlockquote(1, 2), Entity(1, 2, EntityKind.BLOCKQUOTE)),
    (types.MessageEntityBlockquote(1, 2, collapsed=True), Entity(1, 2, EntityKind.BLOCKQUOTE, "collapsed")),
    (types.MessageEntityMention(1, 2), Entity(1, 2, EntityKind.MENTION)),
    (types.MessageEntityHashtag(1, 2), Entity(1, 2, EntityKind.HASHTAG)),
    (types.MessageEntityCashtag(1, 2), Entity(1, 2, EntityKind.CASHTAG)),
    (types.MessageEntityBotCommand(1, 2), Entity(1, 2, EntityKind.BOT_COMMAND)),
    (types.MessageEntityUrl(1, 2), Entity(1, 2, EntityKind.URL)),
    (types.MessageEntityEmail(1, 2), Entity(1, 2, EntityKind.EMAIL)),
    (types.MessageEntityPhone(1, 2), Entity(1, 2, EntityKind.PHONE)),
    (types.MessageEntityBankCard(1, 2), Entity(1, 2, EntityKind.BANK_CARD)),
]


@pytest.mark.parametrize(("telegrams", "ours"), ENTITIES, ids=[str(ours.kind) for _, ours in ENTITIES])
def test_an_entity_comes_back_as_it_was(telegrams: Any, ours: Entity) -> None:
    """Kind, span and argument survive the way into the domain and back."""
    assert from_telegram([telegrams]) == (ours,)
    assert [entity.to_dict() for entity in to_telegram([ours])] == [telegrams.to_dict()]


def test_a_mention_by_name_needs_the_person() -> None:
    """The person is named as the answer showed them; without them the mention is plain text."""
    mention = Entity(0, 3, EntityKind.MENTION_NAME, "42")
    person = types.InputUser(42, 7)

    (entity,) = to_telegram([mention], {42: person})

    assert entity.to_dict() == types.InputMessageEntityMentionName(0, 3, person).to_dict()
    assert to_telegram([mention]) == []


def test_an_entity_that_nobody_knows_is_left_out() -> None:
    """A kind of a later layer is kept in the domain but not sent."""
    (unknown,) = from_telegram([types.MessageEntityUnknown(2, 3)])

    assert unknown == Entity(2, 3, EntityKind.UNKNOWN)
    assert to_telegram([unknown]) == []


def document(*attributes: Any) -> Any:
    return types.MessageMediaDocument(
        document=types.Document(9, 8, b"ref", NOW, "x/y", 3, 2, list(attributes)), spoiler=True
    )


def video(**fields: Any) -> Any:
    return types.DocumentAttributeVideo(duration=1, w=2, h=3, **fields)


PHOTO = types.MessageMediaPhoto(photo=types.Photo(3, 4, b"ref", NOW, [], 2), spoiler=True)

MEDIA = [
    (None, None),
    (types.MessageMediaEmpty(), None),
    (PHOTO, MediaKind.PHOTO),
    (types.MessageMediaPhoto(), MediaKind.OTHER),
    (types.MessageMediaPhoto(photo=PHOTO.photo, ttl_seconds=5), MediaKind.OTHER),
    (document(types.DocumentAttributeFilename("a.pdf")), MediaKind.DOCUMENT),
    (document(video()), MediaKind.VIDEO),
    (document(video(), types.DocumentAttributeAnimated()), MediaKind.ANIMATION),
    (document(video(round_message=True)), MediaKind.VIDEO_NOTE),
    (document(types.DocumentAttributeAudio(1)), MediaKind.AUDIO),
    (document(types.DocumentAttributeAudio(1, voice=True)), MediaKind.VOICE),
    (document(video(), types.DocumentAttributeSticker("x", types.InputStickerSetEmpty())), MediaKind.STICKER),
    (types.MessageMediaWebPage(types.WebPageEmpty(1)), MediaKind.WEB_PAGE),
    (types.MessageMediaGeo(types.GeoPointEmpty()), MediaKind.LOCATION),
    (types.MessageMediaContact("1", "a", "b", "", 0), MediaKind.CONTACT),
    (types.MessageMediaDice(3, "x"), MediaKind.DICE),
    (types.MessageMediaUnsupported(), MediaKind.OTHER),
]


@pytest.mark.parametrize(("media", "kind"), MEDIA)
def test_the_kind_of_media(media: Any, kind: MediaKind | None) -> None:
    """Telegram's classes and attributes tell the kind; what cannot be sent anew is OTHER."""
    assert kind_of(media) is kind


def test_media_is_named_by_reference() -> None:
    """Id, access hash, file reference and the spoiler go along; nothing is downloaded."""
    assert to_input(PHOTO).to_dict() == types.InputMediaPhoto(types.InputPhoto(3, 4, b"ref"), spoiler=True).to_dict()
    assert (
        to_input(document()).to_dict()
        == types.InputMediaDocument(types.InputDocument(9, 8, b"ref"), spoiler=True).to_dict()
    )
    with pytest.raises(MessageRejected, match="only be forwarded"):
        to_input(types.MessageMediaDice(3, "x"))


def channel(**fields: Any) -> Any:
    return types.Channel(77, "News", types.ChatPhotoEmpty(), NOW, broadcast=True, access_hash=5, **fields)


def message(id_: int, text: str = "hello", **fields: Any) -> Any:
    return types.Message(id_, types.PeerChannel(77), date=NOW, message=text, **fields)


def answer(*messages: Any, users: list[Any] | None = None, chats: list[Any] | None = None) -> Any:
    return types.messages.ChannelMessages(
        pts=1, count=len(messages), messages=list(messages), topics=[], users=users or [], chats=chats or [channel()]
    )


def test_messages_come_oldest_first_without_the_empty_ones() -> None:
    """Telegram answers newest first; deleted messages are empty slots."""
    found = read_answer(answer(message(5), types.MessageEmpty(4, None), message(3)), CHANNEL)

    assert [(one.chat_id, one.id, one.content.text, one.date) for one in found] == [
        (CHANNEL.chat_id, 3, "hello", NOW),
        (CHANNEL.chat_id, 5, "hello", NOW),
    ]


def test_a_message_of_another_chat_is_not_taken_for_one_of_this() -> None:
    """Outside of channels, asking by id may return a message of another chat."""
    stranger = types.Message(6, types.PeerUser(1), date=NOW, message="x")

    assert [one.id for one in read_answer(answer(message(5), stranger), CHANNEL)] == [5]


def test_protection_stands_on_the_message_or_on_the_chat() -> None:
    """Either one protects; the chat in the answer is newer than what was stored."""
    single = read_answer(answer(message(1, noforwards=True), message(2)), CHANNEL)
    whole = read_answer(answer(message(1), chats=[channel(noforwards=True)]), CHANNEL)

    assert [one.is_protected for one in single] == [True, False]
    assert [one.is_protected for one in whole] == [True]


def test_the_sender_is_the_signature_the_person_or_the_chat() -> None:
    """A signed post has its author's name, a group's message the person's, a plain post the channel's."""
    anna = types.User(8, first_name="Anna", last_name="Ko", access_hash=1)
    found = read_answer(
        answer(message(1, post_author="Ed"), message(2, from_id=types.PeerUser(8)), message(3), users=[anna]), CHANNEL
    )

    assert [one.sender for one in found] == ["Ed", "Anna Ko", "News"]


def test_a_service_message_has_no_content() -> None:
    """Pinning, joining and the like are seen, so that the cursor passes them."""
    pin = types.MessageService(9, types.PeerChannel(77), NOW, types.MessageActionPinMessage())

    (found,) = read_answer(answer(pin), CHANNEL)

    assert (found.id, found.is_service, found.content.text) == (9, True, "")


def test_mentioned_people_travel_with_the_message() -> None:
    """A person of whom the answer says little is named by way of the message that shows them."""
    mentions = [types.MessageEntityMentionName(0, 1, 8), types.MessageEntityMentionName(1, 1, 9)]
    people = [
        types.User(8, first_name="Anna", access_hash=1),
        types.User(9, first_name="Bo", access_hash=2, min=True),
        types.User(10, first_name="Cy", access_hash=3),
    ]

    (found,) = read_answer(answer(message(4, "ab", entities=mentions), users=people), CHANNEL)

    users = handle_of(found).users
    assert set(users) == {8, 9}
    assert users[8].to_dict() == types.InputUser(8, 1).to_dict()
    assert users[9].to_dict() == types.InputUserFromMessage(types.InputPeerChannel(77, 5), 4, 9).to_dict()


def test_a_handle_is_not_shown() -> None:
    """The repr of a message holds neither Telethon's message nor its file references."""
    (found,) = read_answer(answer(message(4, media=PHOTO)), CHANNEL)

    assert "handle" not in repr(found)
    assert "file_reference" not in repr(found)
