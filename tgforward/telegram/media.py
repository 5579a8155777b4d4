"""What hangs on a message: its kind, and sending it again by reference, without a download."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from telethon import utils
from telethon.tl import types

from tgforward.errors import MessageRejected
from tgforward.forwarding.message import MediaKind

_SIMPLE = MappingProxyType(
    {
        types.MessageMediaWebPage: MediaKind.WEB_PAGE,
        types.MessageMediaPoll: MediaKind.POLL,
        types.MessageMediaContact: MediaKind.CONTACT,
        types.MessageMediaGeo: MediaKind.LOCATION,
        types.MessageMediaGeoLive: MediaKind.LOCATION,
        types.MessageMediaVenue: MediaKind.VENUE,
        types.MessageMediaDice: MediaKind.DICE,
    }
)


@dataclass(frozen=True, slots=True)
class File:
    """What is the same wherever media is sent."""

    id: int
    size_bytes: int | None = None


def file_of(media: Any) -> File | None:
    """The photo, document or poll; None for media that has no number of its own."""
    match media:
        case types.MessageMediaPhoto(photo=types.Photo() as photo):
            return File(photo.id)
        case types.MessageMediaDocument(document=types.Document() as document):
            return File(document.id, document.size)
        case types.MessageMediaPoll():
            return File(media.poll.id)
        case _:
            return None


def kind_of(media: Any) -> MediaKind | None:
    """What kind of media it is; None for no media, OTHER for what cannot be sent anew (expired, games, invoices, …)."""
    match media:
        case None | types.MessageMediaEmpty():
            return None
        case types.MessageMediaPhoto(photo=types.Photo(), ttl_seconds=None):
            return MediaKind.PHOTO
        case types.MessageMediaDocument(document=types.Document() as document, ttl_seconds=None):
            return _document_kind(document)
        case _:
            return _SIMPLE.get(type(media), MediaKind.OTHER)


def to_input(media: Any) -> Any:
    """The media as a request names it: by id, access hash and file reference.

    Raises:
        MessageRejected: media of this kind can only be forwarded.
    """
    match media:
        case types.MessageMediaPhoto(photo=types.Photo() as photo):
            return types.InputMediaPhoto(utils.get_input_photo(photo), spoiler=media.spoiler)
        case types.MessageMediaDocument(document=types.Document() as document):
            cover = utils.get_input_photo(media.video_cover) if media.video_cover else None
            return types.InputMediaDocument(
                utils.get_input_document(document),
                spoiler=media.spoiler,
                video_cover=cover,
                video_timestamp=media.video_timestamp,
            )
        case _:
            raise MessageRejected(f"Media of the kind {kind_of(media)} can only be forwarded, not sent anew")


def _document_kind(document: Any) -> MediaKind:
    """Attributes of several kinds may stand together: a silent video is an animation, a round one a video note."""
    found = {type(attribute): attribute for attribute in document.attributes}
    video, audio = found.get(types.DocumentAttributeVideo), found.get(types.DocumentAttributeAudio)
    if types.DocumentAttributeSticker in found:
        return MediaKind.STICKER
    if types.DocumentAttributeAnimated in found:
        return MediaKind.ANIMATION
    if video is not None:
        return MediaKind.VIDEO_NOTE if video.round_message else MediaKind.VIDEO
    if audio is not None:
        return MediaKind.VOICE if audio.voice else MediaKind.AUDIO
    return MediaKind.DOCUMENT
