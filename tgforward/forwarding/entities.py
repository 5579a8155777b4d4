"""Edits of a formatted text after which every kept character has exactly the formatting that it had.

Spans and positions are indexes of the Python string, so no edit can split a surrogate pair; entities count UTF-16 code
units and are converted on the way in and out. An edit also mends odd entities: what lies outside the text is cut off,
a half-covered surrogate pair is not covered, an empty entity is dropped. Order, nesting and overlaps stay.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate

from tgforward.forwarding.message import Entity, FormattedText
from tgforward.forwarding.words import Span


def utf16_length(text: str) -> int:
    """The length of `text` as Telegram counts it, in UTF-16 code units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def remove_spans(content: FormattedText, spans: Iterable[Span]) -> FormattedText:
    """The content without the given spans; they may overlap and stand in any order."""
    kept: list[Span] = []
    position = 0
    for start, end in sorted(spans):
        if start > position:
            kept.append((position, start))
        position = max(position, end)
    kept.append((position, max(position, len(content.text))))
    return _keep(content, kept)


def cut_at(content: FormattedText, position: int) -> FormattedText:
    """The content before `position`."""
    return _keep(content, [(0, position)])


def trim(content: FormattedText) -> FormattedText:
    """The content without white space at its edges, as Telegram's server stores it."""
    text = content.text
    stripped_left = text.lstrip()
    stripped = stripped_left.rstrip()
    if len(stripped) == len(text):
        return content
    start = len(text) - len(stripped_left)
    return _keep(content, [(start, start + len(stripped))])


def append_line(content: FormattedText, line: FormattedText) -> FormattedText:
    """The content with `line` below it; `line` alone if there was no text. Neither takes on the other's formatting."""
    upper = f"{content.text}\n" if content.text else ""
    shift = utf16_length(upper)
    lower = (Entity(e.offset + shift, e.length, e.kind, e.argument) for e in _mended(line).entities)
    return FormattedText(upper + line.text, (*_mended(content).entities, *lower))


def _mended(content: FormattedText) -> FormattedText:
    return _keep(content, [(0, len(content.text))]) if content.entities else content


def _keep(content: FormattedText, kept: Sequence[Span]) -> FormattedText:
    """Only the given spans, which rise and do not overlap."""
    text = "".join(content.text[start:end] for start, end in kept)
    if not content.entities:
        return FormattedText(text)
    source, target = _Scale(content.text), _Scale(text)
    moved = _Move(kept)
    entities = []
    for entity in content.entities:
        start, end = moved(source.index_from(entity.offset)), moved(source.index_up_to(entity.end))
        if start < end:
            offset = target.units(start)
            entities.append(Entity(offset, target.units(end) - offset, entity.kind, entity.argument))
    return FormattedText(text, tuple(entities))


class _Move:
    """Where an index lands when only the kept spans remain."""

    def __init__(self, kept: Sequence[Span]) -> None:
        self._kept = kept
        self._starts = [start for start, _ in kept]
        self._before = list(accumulate((end - start for start, end in kept), initial=0))

    def __call__(self, index: int) -> int:
        span = bisect_right(self._starts, index) - 1
        if span < 0:
            return 0
        start, end = self._kept[span]
        return self._before[span] + min(index, end) - start


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
