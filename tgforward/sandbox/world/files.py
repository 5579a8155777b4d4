"""Files that clients uploaded or tests made, by id."""

import os

from tgforward.clock import Clock
from tgforward.sandbox.tl import Tl
from tgforward.sandbox.world.media import PNG, Media, MediaName, mime_and_attributes

FIRST_ID = 5_000_000_000_000_000_001


class Files:
    """Every photo and document."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._count = 0
        self._media: dict[int, Media] = {}
        self._parts: dict[tuple[int, int], dict[int, bytes]] = {}

    def next_id(self) -> int:
        """A number for media or an album."""
        self._count += 1
        return FIRST_ID + self._count

    def add(self, name: MediaName, data: bytes = PNG) -> Media:
        """A new file of that kind."""
        mime_type, attributes = mime_and_attributes(name)
        return self.add_file(mime_type, data, attributes)

    def add_file(self, mime_type: str, data: bytes, attributes: list[Tl]) -> Media:
        """A new document, or a photo where `mime_type` is empty."""
        access_hash = int.from_bytes(os.urandom(8), "big", signed=True)
        date = self._clock.now().replace(microsecond=0)
        media = Media(self.next_id(), access_hash, date, mime_type, data, attributes)
        self._media[media.id] = media
        return media

    def find(self, media_id: int, access_hash: int) -> Media | None:
        """The file with that id, if the access hash is right."""
        media = self._media.get(media_id)
        return media if media is not None and media.access_hash == access_hash else None

    def save_part(self, owner_id: int, file_id: int, part: int, data: bytes) -> None:
        """Keeps one part of an upload."""
        self._parts.setdefault((owner_id, file_id), {})[part] = data

    def take_upload(self, owner_id: int, file_id: int, parts: int) -> bytes | None:
        """The finished upload; None while parts are missing."""
        saved = self._parts.get((owner_id, file_id), {})
        if set(saved) != set(range(parts)):
            return None
        return b"".join(data for _, data in sorted(self._parts.pop((owner_id, file_id)).items()))

    def expire_references(self) -> None:
        """Makes every file reference given out so far refuse with FILE_REFERENCE_EXPIRED."""
        for media in self._media.values():
            media.expire()
