"""What the demo's editor posts, and what the rules must make of it: both written out, neither computed by the other."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from tgforward.forwarding.message import Entity, EntityKind, FormattedText

AD = "[ad]"
TEASER = "— Read more at example.org"
GIVEAWAY = "giveaway"
HASHTAG = "#sponsored"

NEWS_RULES = {
    "remove_word": AD,
    "cut_word": "— Read more",
    "skip_word": GIVEAWAY,
    "add_text": "via ${source_title}: ${message_link}",
}
PHOTO_RULES = {"remove_word": HASHTAG}

SUBJECTS = ("Lunar lander", "City council", "Night train", "Coral reef", "Chess final", "Harbour bridge", "Solar farm")
VERBS = ("reaches its goal 🚀", "surprises everyone 🎉", "opens early ☀️", "draws a crowd 👨‍👩‍👧", "is back on track ✅")


@dataclass(frozen=True, slots=True)
class Article:
    """One post: `photos` pictures (0: a text), its text, and the text that must arrive (None: it must be skipped)."""

    photos: int
    before: FormattedText
    after: FormattedText | None
    has_line: bool = False
    """Whether `add_text` must stand below it."""


@dataclass(slots=True)
class Draft:
    """Text and formatting, piece by piece."""

    text: str = ""
    entities: tuple[Entity, ...] = ()

    def add(self, piece: str, kind: EntityKind | None = None, argument: str = "") -> "Draft":
        """Append a piece, formatted if `kind` is given."""
        if kind is not None:
            entity = Entity(utf16_length(self.text), utf16_length(piece), kind, argument)
            self.entities = (*self.entities, entity)
        self.text += piece
        return self

    def done(self) -> FormattedText:
        """The text so far."""
        return FormattedText(self.text, self.entities)


def news() -> Iterator[Article]:
    """Texts with bold, links and emoji; some with an advert, some with a teaser, some that must be skipped."""
    for number in count(1):
        if number % 9 == 0:
            before = Draft().add(f"News {number}: ", EntityKind.BOLD).add(f"a {GIVEAWAY} for all readers 🎁").done()
            yield Article(0, before, None)
        else:
            before = _news(number, ad=AD if number % 3 == 0 else "", teaser=f"\n{TEASER}" if number % 4 == 0 else "")
            yield Article(0, before, _news(number, ad="", teaser=""), has_line=True)


def photos() -> Iterator[Article]:
    """Photos and albums; some captions with a hashtag that is removed, most of them unchanged."""
    for number in count(1):
        pictures = 3 if number % 5 == 0 else 1
        hashtag = HASHTAG if number % 4 == 0 else ""
        yield Article(pictures, _photo(number, hashtag), _photo(number, ""))


def utf16_length(text: str) -> int:
    """Telegram counts in UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


def _news(number: int, *, ad: str, teaser: str) -> FormattedText:
    subject, verb = SUBJECTS[number % len(SUBJECTS)], VERBS[number % len(VERBS)]
    draft = Draft().add(f"News {number}: ", EntityKind.BOLD).add(f"{subject} ").add(ad)
    draft.add(verb, EntityKind.ITALIC).add(", says ").add("the agency", EntityKind.TEXT_LINK, "https://example.org/a")
    return draft.add(".").add(teaser).done()


def _photo(number: int, hashtag: str) -> FormattedText:
    return Draft().add("Photo ").add(str(number), EntityKind.BOLD).add(f" 📷 of the day{hashtag} 🌄").done()
