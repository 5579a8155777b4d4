"""Words and regular expressions, and which of them occur in a text: one question for all of them.

Regular expressions are RE2's: their time is linear in the text, whoever wrote them. Without regard to case they follow
RE2's own folding, words follow `fold`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import re2

from tgforward.errors import InvalidInput
from tgforward.forwarding.words import fold

LONGEST_REGEX = 1000  # characters; a longer one is nothing that a person can read
_REGEX_BYTES = 1 << 20  # of memory for one: RE2 refuses what needs more, such as \pL{900}
_SET_BYTES = 8 << 20  # of memory for all of a config; most need some kilobytes

NOTHING: frozenset[int] = frozenset()
Spans = Sequence[tuple[int, int]]
"""Of a match and its groups; (-1, -1) for a group that took no part."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """What to look for, as somebody wrote it."""

    text: str
    is_regex: bool = False
    has_case: bool = False


class Regex:
    """A compiled regular expression."""

    __slots__ = ("_compiled", "groups", "names")

    def __init__(self, pattern: Pattern) -> None:
        """Raises InvalidInput if the pattern is none of RE2's, is too long or needs too much memory."""
        _compile(pattern.text)  # alone, so that no parenthesis of ours closes one of theirs
        self._compiled = _compile(_bare(pattern))
        self.groups: int = self._compiled.groups
        self.names: dict[str, int] = self._compiled.groupindex

    def matches(self, text: str) -> Iterator[Spans]:
        """Every match from left to right, none overlapping another, as indexes of the Python string."""
        before = None
        for match in self._compiled.finditer(_encodable(text)):
            if match.span() != before:  # re2 tells of an empty match in the middle twice
                before = match.span()
                yield [match.span(group) for group in range(self.groups + 1)]


class Finder:
    """Tells which patterns occur in a text, as their numbers in the order in which they were given."""

    __slots__ = ("_as_written", "_folded", "_folded_numbers", "_numbers")

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        """Compile all patterns; each is valid for itself."""
        folded = [number for number, pattern in enumerate(patterns) if not (pattern.is_regex or pattern.has_case)]
        others = [number for number, pattern in enumerate(patterns) if pattern.is_regex or pattern.has_case]
        self._folded_numbers, self._numbers = folded, others
        self._folded = _compile_all([re2.escape(fold(patterns[number].text)) for number in folded])
        self._as_written = _compile_all([_bare(patterns[number]) for number in others])

    def find(self, text: str) -> frozenset[int]:
        """The numbers of the patterns that occur."""
        found: list[int] = []
        if self._folded and (hits := self._folded.Match(_encoded(fold(text)))):
            found += (self._folded_numbers[hit] for hit in hits)
        if self._as_written and (hits := self._as_written.Match(_encoded(text))):
            found += (self._numbers[hit] for hit in hits)
        return frozenset(found) if found else NOTHING


def _bare(pattern: Pattern) -> str:
    if not pattern.is_regex:
        return str(re2.escape(pattern.text))
    return pattern.text if pattern.has_case else f"(?i:{pattern.text})"


def _options(max_bytes: int) -> Any:
    options = re2.Options()
    options.log_errors = False  # it would write the pattern to standard error
    options.max_mem = max_bytes
    return options


def _compile(text: str) -> Any:
    if len(text) > LONGEST_REGEX + len("(?i:)"):
        raise InvalidInput(f"a regular expression has {len(text)} characters: {LONGEST_REGEX} at most")
    try:
        return re2.compile(text, _options(_REGEX_BYTES))
    except re2.error as error:
        why = error.args[0].decode() if isinstance(error.args[0], bytes) else str(error.args[0])
        raise InvalidInput(f"{text!r} is no regular expression of RE2: {why}") from error


def _compile_all(texts: Sequence[str]) -> Any:
    """A set of re2's, or None for no patterns."""
    if not texts:
        return None
    patterns = re2.Set.SearchSet(_options(_SET_BYTES))
    for text in texts:
        patterns.Add(text)
    try:
        patterns.Compile()
    except Exception as error:  # re2 raises a class that it does not export
        raise InvalidInput("the words and regular expressions are too many: remove some, or shorten them") from error
    return patterns


def _encoded(text: str) -> bytes:
    # Half a surrogate pair, which no server sends, must not stop a config; "?" keeps every character at its place.
    return text.encode("utf-8", "replace")


def _encodable(text: str) -> str:
    return text if text.isascii() else _encoded(text).decode()
