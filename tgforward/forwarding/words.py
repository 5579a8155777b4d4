"""Words of a rule and where they occur in a text, without regard to case."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

Span = tuple[int, int]
"""Start and end of a part of a text, as indexes of the Python string."""

_SEPARATOR = re.compile(r"(?<!\\)[,\uff0c]")  # U+FF0C is the full-width comma
_ESCAPED = re.compile(r"\\([,\uff0c])")


def parse_words(text: str | None) -> tuple[str, ...]:
    r"""Words separated by `,` or a full-width comma; `\,` is a literal comma, blanks around a word do not count."""
    parts = (_ESCAPED.sub(r"\1", part).strip() for part in _SEPARATOR.split(text or ""))
    return tuple(part for part in parts if part)


def fold(text: str) -> str:
    """The text without case, character for character, so that an index into it is an index into the original.

    `casefold` and `lower` would shift positions ("ß" is "ss", "İ" two characters) and `lower` treats a sigma by what
    follows it; both are mended here. "ß" therefore equals "ẞ" but not "ss". `re.IGNORECASE` keeps positions too but
    takes 5 to 10 times as long (ten words, 200 characters: 13-17 against 2 us), since it cannot search for a literal.
    """
    return text.replace("\u0130", "i").lower().replace("\u03c2", "\u03c3")


@dataclass(frozen=True, slots=True)
class WordList:
    """Words made ready for finding where they stand; compiled once per rule."""

    words: tuple[str, ...]
    has_case: bool
    _pattern: re.Pattern[str] = field(repr=False)

    @classmethod
    def compile(cls, words: Sequence[str], *, has_case: bool = False) -> Self:
        """A list of literal words; at one position the longest wins, whatever their order."""
        spelled = words if has_case else [fold(word) for word in words]
        longest_first = sorted(spelled, key=len, reverse=True)
        return cls(tuple(words), has_case, re.compile("|".join(map(re.escape, longest_first)) or "(?!)"))

    def spans(self, text: str) -> list[Span]:
        """Every occurrence from left to right; none overlaps another."""
        return [match.span() for match in self._pattern.finditer(self._seen(text))]

    def first_position(self, text: str) -> int | None:
        """Where the leftmost occurrence of any word begins."""
        found = self._pattern.search(self._seen(text))
        return found and found.start()

    def _seen(self, text: str) -> str:
        return text if self.has_case else fold(text)
