"""Photos and documents: stored once, sent by reference."""

import struct
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from telethon.tl import types

from tgforward.sandbox.tl import Tl

MediaName = Literal["photo", "document", "video", "animation", "audio", "voice", "video_note", "sticker"]

# The smallest valid files: clients that look into what they download must find something.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


@dataclass(eq=False, slots=True)
class Media:
    """A stored file; a copy made by forwarding keeps its id, as on Telegram."""

    id: int
    access_hash: int
    date: datetime
    mime_type: str = ""
    data: bytes = field(default=b"", repr=False)
    attributes: list[Tl] = field(default_factory=list)
    epoch: int = 1

    @property
    def is_photo(self) -> bool:
        """Whether it is a photo; everything else is a document."""
        return not self.mime_type

    @property
    def kind(self) -> str:
        """The name of its kind, as `MediaName` has them."""
        return "photo" if self.is_photo else _document_kind(self.attributes)

    def expire(self) -> None:
        """Makes every file reference given out so far refuse with FILE_REFERENCE_EXPIRED."""
        self.epoch += 1

    def to_tl(
        self,
        dc_id: int,
        *,
        chat_key: int = 0,
        message_id: int = 0,
        has_spoiler: bool = False,
        ttl_s: int | None = None,
    ) -> Tl:
        """The media as served in a message; its file reference remembers where the client saw it."""
        reference = struct.pack("<qqii", self.id, chat_key, message_id, self.epoch)
        shown = {"spoiler": has_spoiler, "ttl_seconds": ttl_s}
        if self.is_photo:
            sizes = [types.PhotoSize("x", 1, 1, len(self.data))]
            photo = types.Photo(self.id, self.access_hash, reference, self.date, sizes, dc_id)
            return types.MessageMediaPhoto(photo=photo, **shown)
        document = types.Document(
            self.id,
            self.access_hash,
            reference,
            self.date,
            self.mime_type,
            len(self.data),
            dc_id,
            self.attributes,
        )
        return types.MessageMediaDocument(document=document, **shown, **_flags(self.attributes))


@dataclass(frozen=True, slots=True)
class Reference:
    """A file reference taken apart."""

    media_id: int
    chat_key: int
    message_id: int
    epoch: int


def parse_reference(data: bytes) -> Reference | None:
    """The reference, or None where the bytes are none of ours."""
    return Reference(*struct.unpack("<qqii", data)) if len(data) == struct.calcsize("<qqii") else None


def mime_and_attributes(name: MediaName) -> tuple[str, list[Tl]]:
    """MIME type and attributes of a document of that kind; a photo has none."""
    kinds: dict[MediaName, tuple[str, list[Tl]]] = {
        "photo": ("", []),
        "document": ("application/pdf", [types.DocumentAttributeFilename("file.pdf")]),
        "video": ("video/mp4", [types.DocumentAttributeVideo(duration=1.0, w=1, h=1, supports_streaming=True)]),
        "animation": ("video/mp4", [types.DocumentAttributeVideo(1.0, 1, 1), types.DocumentAttributeAnimated()]),
        "audio": ("audio/mpeg", [types.DocumentAttributeAudio(1, title="Title", performer="Performer")]),
        "voice": ("audio/ogg", [types.DocumentAttributeAudio(duration=1, voice=True)]),
        "video_note": ("video/mp4", [types.DocumentAttributeVideo(duration=1.0, w=1, h=1, round_message=True)]),
        "sticker": ("image/webp", [types.DocumentAttributeSticker("🙂", stickerset=types.InputStickerSetEmpty())]),
    }
    return kinds[name]


def _flags(attributes: list[Tl]) -> dict[str, bool]:
    flags = {}
    for attribute in attributes:
        if isinstance(attribute, types.DocumentAttributeVideo):
            flags["round" if attribute.round_message else "video"] = True
        elif isinstance(attribute, types.DocumentAttributeAudio) and attribute.voice:
            flags["voice"] = True
    return flags


def _document_kind(attributes: list[Tl]) -> MediaName:
    found = {type(attribute): attribute for attribute in attributes}
    video, audio = found.get(types.DocumentAttributeVideo), found.get(types.DocumentAttributeAudio)
    if types.DocumentAttributeSticker in found:
        return "sticker"
    if types.DocumentAttributeAnimated in found:
        return "animation"
    if video is not None:
        return "video_note" if video.round_message else "video"
    if audio is not None:
        return "voice" if audio.voice else "audio"
    return "document"
