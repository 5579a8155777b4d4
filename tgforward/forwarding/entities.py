"""Edits of a formatted text after which every kept character has exactly the formatting that it had.

Spans and positions are indexes of the Python string, so no edit can split a surrogate pair; entities count UTF-16 code
units and are converted on the way in and out. An edit also mends odd entities: what lies outside the text is cut off,
a half-covered surrogate pair is not covered, an empty entity is dropped. Order, nesting and overlaps stay.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from tgforward.forwarding.message import Entity, EntityKind, FormattedText
from tgforward.forwarding.words import Span


@dataclass(frozen=True, slots=True)
class Change:
    """`text` in place of what stands from `start` to `end`; nothing is replaced where they are the same."""

    start: int
    end: int
    text: str = ""


def utf16_length(text: str) -> int:
    """The length of `text` as Telegram counts it, in UTF-16 code units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def change_spans(content: FormattedText, changes: Sequence[Change]) -> FormattedText:
    """The content with the changes, which rise and do not overlap.

    A new text has the formatting that covers all of what it replaces; formatting that covers a part is clipped to
    what of it stays.
    """
    parts: list[str] = []
    position = 0
    for change in changes:
        parts += (content.text[position : change.start], change.text)
        position = change.end
    text = "".join((*parts, content.text[position:]))
    if not content.entities:
        return FormattedText(text)
    source, target, moved = _Scale(content.text), _Scale(text), _Move(changes)
    entities = []
    for entity in content.entities:
        start = moved.start(source.index_from(entity.offset))
        end = moved.end(source.index_up_to(entity.end))
        if start < end:
            offset = target.units(start)
            entities.append(Entity(offset, target.units(end) - offset, entity.kind, entity.argument))
    return FormattedText(text, tuple(entities))


def remove_spans(content: FormattedText, spans: Iterable[Span]) -> FormattedText:
    """The content without the given spans; they may overlap and stand in any order."""
    changes: list[Change] = []
    for start, end in sorted(spans):
        if changes and start <= changes[-1].end:
            changes[-1] = replace(changes[-1], end=max(end, changes[-1].end))
        else:
            changes.append(Change(start, end))
    return change_spans(content, changes)


def part(content: FormattedText, start: int, end: int) -> FormattedText:
    """The content from `start` up to `end`."""
    length = len(content.text)
    return change_spans(content, (Change(0, start), Change(max(start, min(end, length)), length)))


def cut_at(content: FormattedText, position: int) -> FormattedText:
    """The content before `position`."""
    return part(content, 0, position)


def trim(content: FormattedText) -> FormattedText:
    """The content without white space at its edges, as Telegram's server stores it."""
    text = content.text
    stripped_left = text.lstrip()
    stripped = stripped_left.rstrip()
    if len(stripped) == len(text):
        return content
    start = len(text) - len(stripped_left)
    return part(content, start, start + len(stripped))


def append_line(content: FormattedText, line: FormattedText) -> FormattedText:
    """The content with `line` below it; `line` alone if there was no text. Neither takes on the other's formatting."""
    upper = f"{content.text}\n" if content.text else ""
    shift = utf16_length(upper)
    lower = (Entity(e.offset + shift, e.length, e.kind, e.argument) for e in _mended(line).entities)
    return FormattedText(upper + line.text, (*_mended(content).entities, *lower))


def spans_of(content: FormattedText, kinds: frozenset[EntityKind]) -> list[Span]:
    """Where entities of these kinds stand; empty ones and what lies outside the text do not count."""
    found = [entity for entity in content.entities if entity.kind in kinds]
    if not found:
        return []
    scale = _Scale(content.text)
    spans = ((scale.index_from(entity.offset), scale.index_up_to(entity.end)) for entity in found)
    return [(start, end) for start, end in spans if start < end]


def without_kinds(content: FormattedText, kinds: frozenset[EntityKind]) -> FormattedText:
    """The same text without the formatting of these kinds."""
    kept = tuple(entity for entity in content.entities if entity.kind not in kinds)
    return content if len(kept) == len(content.entities) else FormattedText(content.text, kept)


def _mended(content: FormattedText) -> FormattedText:
    return change_spans(content, ()) if content.entities else content


class _Move:
    """Where the borders of an entity land after some changes."""

    def __init__(self, changes: Sequence[Change]) -> None:
        self._starts = [change.start for change in changes]
        self._ends = [change.end for change in changes]
        growth = (len(change.text) - (change.end - change.start) for change in changes)
        self._shifts = list(accumulate(growth, initial=0))

    def start(self, index: int) -> int:
        """Where an entity begins that began at `index`: behind what replaced only a part of it."""
        before = bisect_right(self._ends, index)
        if before < len(self._starts) and self._starts[before] < index:
            return self._ends[before] + self._shifts[before + 1]
        return index + self._shifts[before]

    def end(self, index: int) -> int:
        """Where an entity ends that ended at `index`: in front of what replaced only a part of it."""
        before = bisect_left(self._starts, index)
        if before and self._ends[before - 1] > index:
            return self._starts[before - 1] + self._shifts[before - 1]
        return index + self._shifts[before]


class _Scale:
    """Indexes of one string against its UTF-16 code units."""

    def __init__(self, text: str) -> None:
        self._last = len(text)
        # Without characters outside the basic plane, that is nearly always, the two are the same.
        same = utf16_length(text) == len(text)
        self._units = None if same else list(accumulate((1 + (character > "\uffff") for character in text), initial=0))

    def units(self, index: int) -> int:
        """The code units before a character."""
        return index if self._units is None else self._units[index]

    def index_from(self, units: int) -> int:
        """The first character that begins at `units` or later."""
        position = units if self._units is None else bisect_left(self._units, units)
        return min(max(position, 0), self._last)

    def index_up_to(self, units: int) -> int:
        """The first character that does not end at `units` or before."""
        position = units if self._units is None else bisect_right(self._units, units) - 1
        return min(max(position, 0), self._last)
