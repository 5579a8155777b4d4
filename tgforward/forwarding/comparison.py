"""Two versions of a formatted text: what went and what came, word by word."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from tgforward.forwarding.entities import utf16_length
from tgforward.forwarding.message import Entity, EntityKind, FormattedText

WORD = re.compile(r"\w+|\s|[^\w\s]")


class PartKind(StrEnum):
    """In which of both versions a part stands."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the newer version, or of the older one if it is gone: indexes of the Python string."""

    kind: PartKind
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    start: int
    end: int
    formatting: frozenset[tuple[EntityKind, str]]

    @property
    def _key(self) -> tuple[str, frozenset[tuple[EntityKind, str]]]:
        return self.text, self.formatting

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Word) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)


def compare(before: FormattedText, after: FormattedText) -> Iterator[Part]:
    """Both versions in one, in reading order; a word whose formatting changed counts as another word."""
    old, new = _words(before), _words(after)
    for operation, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if operation == "equal":
            yield _part(PartKind.SAME, new[j1:j2])
            continue
        if i1 < i2:
            yield _part(PartKind.GONE, old[i1:i2])
        if j1 < j2:
            yield _part(PartKind.NEW, new[j1:j2])


def spans(content: FormattedText) -> Iterator[tuple[int, int, Entity]]:
    """Where each entity stands, as indexes of the Python string."""
    positions = {0: 0}
    offset = 0
    for index, character in enumerate(content.text, start=1):
        offset += utf16_length(character)
        positions[offset] = index
    for entity in content.entities:
        if entity.offset in positions and entity.end in positions:
            yield positions[entity.offset], positions[entity.end], entity


def _part(kind: PartKind, words: list[_Word]) -> Part:
    return Part(kind, words[0].start, words[-1].end)


def _words(content: FormattedText) -> list[_Word]:
    marked = list(spans(content))
    return [
        _Word(
            found.group(),
            found.start(),
            found.end(),
            frozenset(
                (entity.kind, entity.argument)
                for start, end, entity in marked
                if start < found.end() and found.start() < end
            ),
        )
        for found in WORD.finditer(content.text)
    ]
