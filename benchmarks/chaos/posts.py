"""What is posted to the sources: every post is told apart by its marker or its media."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from random import Random
from typing import Final

WORDS: Final = ("harbour", "lantern", "meadow", "copper", "violet", "thunder", "pebble", "saffron", "orchard", "ember")
REMOVED, CUT, SKIPPED = "ZZAD", "ZZCUT", "ZZSKIP"

ALBUMS, PHOTOS = 0.08, 0.15  # shares of all posts, the second one counted on top of the first
WITH_SKIP, WITH_CUT, WITH_REMOVED = 0.08, 0.12, 0.15


@dataclass(frozen=True, slots=True)
class Post:
    """One message, or the members of an album with their captions."""

    texts: tuple[str, ...]
    is_media: bool = False


@dataclass(slots=True)
class Posted:
    """A post that stands, or stood, in a source under these message ids."""

    source: str
    ids: tuple[int, ...]
    post: Post
    """As it was posted."""
    edited: list[Post] = field(default_factory=list)
    """Its later versions."""
    answers: int | None = None
    """The message of the same source that it replies to."""
    is_deleted: bool = False

    @property
    def versions(self) -> list[Post]:
        """All that it has ever said, in order."""
        return [self.post, *self.edited]


def make_posts(source: str, random: Random) -> Iterator[Post]:
    """Posts without end; a text begins with a marker that no other text has."""
    number = 0
    while True:
        number += 1
        text = _make_text(f"#{source}-{number}", random)
        kind = random.random()
        if kind < ALBUMS:
            yield Post(_captions(text, random), is_media=True)
        else:
            yield Post((text,), is_media=kind < ALBUMS + PHOTOS)


def edit_of(post: Post, number: int) -> Post | None:
    """The next version of a post: other words behind the marker, the same ones for the rules; None without a text."""
    place = next((place for place, text in enumerate(post.texts) if text), None)
    if place is None:
        return None
    marker, *rest = post.texts[place].split(" ")
    if rest and re.fullmatch(r"v\d+", rest[0]):
        del rest[0]
    texts = list(post.texts)
    texts[place] = " ".join([marker, f"v{number}", *rest])
    return replace(post, texts=tuple(texts))


def marker_of(text: str) -> str:
    """The marker at the beginning of a text, which no rule touches."""
    return text.split(maxsplit=1)[0] if text.startswith("#") else ""


def _make_text(marker: str, random: Random) -> str:
    text = " ".join([marker, *random.choices(WORDS, k=random.randint(1, 12))])
    if random.random() < WITH_REMOVED:
        text += REMOVED
    if random.random() < WITH_SKIP:
        text += f" {SKIPPED}"
    if random.random() < WITH_CUT:
        text += f" {CUT} {' '.join(random.choices(WORDS, k=3))}"
    return text


def _captions(text: str, random: Random) -> tuple[str, ...]:
    """2 to 10 members; the caption stands under the first one, another one, or none."""
    captions = [""] * random.randint(2, 10)
    if random.random() < 0.8:
        captions[random.choice([0, 0, 0, len(captions) - 1])] = text
    return tuple(captions)
