"""Two versions of a formatted text side by side in one: what went and what came, word by word."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from rich.text import Text

from tgforward.forwarding.entities import utf16_length
from tgforward.forwarding.message import Entity, EntityKind, FormattedText

WORD = re.compile(r"\w+|\s|[^\w\s]")
STYLES = {
    EntityKind.BOLD: "bold",
    EntityKind.ITALIC: "italic",
    EntityKind.UNDERLINE: "underline",
    EntityKind.STRIKE: "strike",
    EntityKind.TEXT_LINK: "underline",
    EntityKind.CODE: "cyan",
    EntityKind.PRE: "cyan",
}
# A message may hold what a terminal takes as orders; each such character stays one, so that offsets stay right.
_ORDERS = dict.fromkeys((*range(9), *range(11, 32), *range(127, 160)), "\N{REPLACEMENT CHARACTER}")


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


def styled(content: FormattedText) -> Text:
    """The text as a terminal can show it, bold in bold."""
    shown = Text(content.text.translate(_ORDERS))
    for start, end, entity in _spans(content):
        if (style := STYLES.get(entity.kind)) is not None:
            shown.stylize(style, start, end)
    return shown


def diff(before: FormattedText, after: FormattedText, *, is_coloured: bool) -> Text:
    """Both texts in one; a word whose formatting changed counts as another word.

    Without colours what went stands in `[-…-]` and what came in `{+…+}`.
    """
    old, new = _words(before), _words(after)
    shown_old, shown_new = styled(before), styled(after)
    result = Text()
    for operation, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if operation == "equal":
            result.append_text(_part(shown_new, new[j1:j2]))
            continue
        if i1 < i2:
            result.append_text(_marked(_part(shown_old, old[i1:i2]), "red strike", "[-", "-]", is_coloured))
        if j1 < j2:
            result.append_text(_marked(_part(shown_new, new[j1:j2]), "green", "{+", "+}", is_coloured))
    return result


def _part(shown: Text, words: list[_Word]) -> Text:
    return shown[words[0].start : words[-1].end]


def _marked(part: Text, style: str, opening: str, closing: str, is_coloured: bool) -> Text:
    if not is_coloured:
        return Text.assemble(opening, part, closing)
    part.stylize(style)
    return part


def _words(content: FormattedText) -> list[_Word]:
    spans = list(_spans(content))
    return [
        _Word(
            found.group(),
            found.start(),
            found.end(),
            frozenset(
                (entity.kind, entity.argument)
                for start, end, entity in spans
                if start < found.end() and found.start() < end
            ),
        )
        for found in WORD.finditer(content.text)
    ]


def _spans(content: FormattedText) -> Iterator[tuple[int, int, Entity]]:
    """Where each entity stands, as indexes of the Python string."""
    positions = {0: 0}
    offset = 0
    for index, character in enumerate(content.text, start=1):
        offset += utf16_length(character)
        positions[offset] = index
    for entity in content.entities:
        if entity.offset in positions and entity.end in positions:
            yield positions[entity.offset], positions[entity.end], entity
