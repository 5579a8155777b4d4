"""Short ways to write down messages and entities in tables of tests."""

from collections.abc import Sequence
from datetime import UTC, datetime

from tgforward.forwarding.message import Entity, EntityKind, FormattedText, MediaKind, SourceMessage
from tgforward.forwarding.template import TemplateContext
from tgforward.types import ChatId, MessageId

CHAT = ChatId(-1001234567890)
DATE = datetime(2026, 11, 23, 6, 5, tzinfo=UTC)
CONTEXT = TemplateContext(source_title="News", chat_id=CHAT)


def message(
    number: int,
    text: str = "",
    *entities: Entity,
    media: MediaKind | None = None,
    album: int | None = None,
    is_service: bool = False,
    is_protected: bool = False,
    reply_to: int | None = None,
    topic: int | None = None,
    pins: int | None = None,
) -> SourceMessage:
    return SourceMessage(
        chat_id=CHAT,
        id=MessageId(number),
        date=DATE,
        content=FormattedText(text, entities),
        media=media,
        grouped_id=album,
        is_service=is_service or pins is not None,
        is_protected=is_protected,
        sender="Ann",
        reply_to=None if reply_to is None else MessageId(reply_to),
        topic_id=None if topic is None else MessageId(topic),
        pins=None if pins is None else MessageId(pins),
    )


def album(
    first: int, captions: Sequence[str], *, group: int = 7, media: MediaKind = MediaKind.PHOTO
) -> list[SourceMessage]:
    return [message(first + place, text, media=media, album=group) for place, text in enumerate(captions)]


def bold(offset: int, length: int) -> Entity:
    return Entity(offset, length, EntityKind.BOLD)


def italic(offset: int, length: int) -> Entity:
    return Entity(offset, length, EntityKind.ITALIC)
