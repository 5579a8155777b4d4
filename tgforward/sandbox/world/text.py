"""What the server does to text that it is given: trims the edges, moves the formatting along, refuses what is wrong."""

import copy
from collections.abc import Sequence
from dataclasses import dataclass

from tgforward.sandbox.refusals import Refusal
from tgforward.sandbox.tl import Tl

TEXT_UNITS = 4096
CAPTION_UNITS = 1024
PREMIUM_CAPTION_UNITS = 4096


@dataclass(frozen=True, slots=True)
class Limits:
    """How many UTF-16 units the server takes, and tells of in its configuration."""

    text: int = TEXT_UNITS
    caption: int = CAPTION_UNITS
    premium_caption: int = PREMIUM_CAPTION_UNITS

    def caption_of(self, *, is_premium: bool) -> int:
        """The longest caption for that kind of account."""
        return self.premium_caption if is_premium else self.caption


def utf16_length(text: str) -> int:
    """Length in UTF-16 code units, in which Telegram counts."""
    return len(text.encode("utf-16-le")) // 2


def accept_text(text: str, entities: Sequence[Tl] | None, *, limit: int, too_long: str) -> tuple[str, tuple[Tl, ...]]:
    """The text and entities as they will be stored.

    White space at the edges is cut off; entities move with the text, shrink to it, and vanish where nothing is left.

    Raises:
        Refusal: longer than `limit` UTF-16 units, or an entity that does not lie inside the text.
    """
    length = utf16_length(text)
    for entity in entities or ():
        if entity.offset < 0 or entity.length <= 0 or entity.offset + entity.length > length:
            raise Refusal("ENTITY_BOUNDS_INVALID")
    kept = text.strip()
    kept_length = utf16_length(kept)
    if kept_length > limit:
        raise Refusal(too_long)
    cut = utf16_length(text) - utf16_length(text.lstrip()) if kept else 0
    moved = (_move(entity, cut, kept_length) for entity in entities or ())
    return kept, tuple(sorted(filter(None, moved), key=lambda entity: (entity.offset, -entity.length)))


def _move(entity: Tl, cut: int, length: int) -> Tl | None:
    start = max(0, entity.offset - cut)
    end = min(length, entity.offset - cut + entity.length)
    if end <= start:
        return None
    moved = copy.copy(entity)
    moved.offset, moved.length = start, end - start
    return moved
