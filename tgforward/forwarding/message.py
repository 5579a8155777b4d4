"""A message as the rules see it: text, formatting and what kind of media hangs on it; no I/O, no Telethon."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from tgforward.types import ChatId, MessageId


class EntityKind(StrEnum):
    """Kinds of formatting, named as in core.telegram.org/api/entities."""

    BOLD = "bold"
    ITALIC = "italic"
    UNDERLINE = "underline"
    STRIKE = "strike"
    SPOILER = "spoiler"
    CODE = "code"
    PRE = "pre"
    BLOCKQUOTE = "blockquote"
    TEXT_LINK = "text_link"
    MENTION_NAME = "mention_name"
    CUSTOM_EMOJI = "custom_emoji"
    MENTION = "mention"
    HASHTAG = "hashtag"
    CASHTAG = "cashtag"
    BOT_COMMAND = "bot_command"
    URL = "url"
    EMAIL = "email"
    PHONE = "phone"
    BANK_CARD = "bank_card"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, order=True)
class Entity:
    """Formatting of `length` UTF-16 code units from `offset` on.

    `argument`: the URL of a text link, the language of a pre block, the user id of a mention by name, the document id
    of a custom emoji, `"collapsed"` for a collapsed blockquote; else empty.
    """

    offset: int
    length: int
    kind: EntityKind
    argument: str = ""

    @property
    def end(self) -> int:
        """The first code unit behind the entity."""
        return self.offset + self.length


@dataclass(frozen=True, slots=True)
class FormattedText:
    """Text and its entities, offsets in UTF-16 code units."""

    text: str
    entities: tuple[Entity, ...] = ()


class MediaKind(StrEnum):
    """What hangs on a message."""

    PHOTO = "photo"
    DOCUMENT = "document"
    VIDEO = "video"
    ANIMATION = "animation"
    AUDIO = "audio"
    VOICE = "voice"
    VIDEO_NOTE = "video_note"
    STICKER = "sticker"
    WEB_PAGE = "web_page"
    POLL = "poll"
    CONTACT = "contact"
    LOCATION = "location"
    VENUE = "venue"
    DICE = "dice"
    OTHER = "other"

    @property
    def has_caption(self) -> bool:
        """Whether text hangs on the media as a caption (1024 units) instead of being the message (4096 units)."""
        return self in _CAPTIONED

    @property
    def is_forward_only(self) -> bool:
        """Whether the media cannot be sent anew by reference; such a message is forwarded unchanged."""
        return self in _FORWARD_ONLY


_CAPTIONED = frozenset(
    {
        MediaKind.PHOTO,
        MediaKind.DOCUMENT,
        MediaKind.VIDEO,
        MediaKind.ANIMATION,
        MediaKind.AUDIO,
        MediaKind.VOICE,
    }
)
_FORWARD_ONLY = frozenset(
    {
        MediaKind.VIDEO_NOTE,
        MediaKind.STICKER,
        MediaKind.POLL,
        MediaKind.CONTACT,
        MediaKind.LOCATION,
        MediaKind.VENUE,
        MediaKind.DICE,
        MediaKind.OTHER,
    }
)


@dataclass(frozen=True, slots=True)
class SourceMessage:
    """One message of a source as Telegram serves it."""

    chat_id: ChatId
    id: MessageId
    date: datetime
    content: FormattedText = FormattedText("")
    media: MediaKind | None = None
    media_id: int | None = None
    """Telegram's number of the photo, document or poll; it keeps it wherever it is sent."""
    size_bytes: int | None = None
    """Of a document; photos come in several sizes and say none."""
    grouped_id: int | None = None
    is_service: bool = False
    is_protected: bool = False
    sender: str = ""
    sender_id: int | None = None
    """Marked id of the user or chat that wrote it."""
    sender_username: str | None = None
    edited_at: datetime | None = None
    """When its content was changed last; what only hides the edit mark counts too."""
    reply_to: MessageId | None = None
    """The message of the same chat that it answers; not the topic that it stands in."""
    topic_id: MessageId | None = None
    """The forum topic that it stands in; None outside of forums and in the general topic."""
    origin: str | None = None
    """Who wrote it first, if it is a forward itself: a title or name, or empty where that is hidden."""
    origin_id: int | None = None
    """Marked id of that chat or user, where it is known."""
    pins: MessageId | None = None
    """The message that was pinned, if this service message tells so."""
    migrated_to: ChatId | None = None
    """The supergroup that the chat has become: the last message of a basic group says so."""
    handle: object = field(default=None, compare=False, repr=False)
    """What the telegram room needs to send the media by reference; opaque to everyone else."""
