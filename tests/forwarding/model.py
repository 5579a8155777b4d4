"""The plain reference model of a formatted text: a list of characters, each with the set of its formats.

Nothing here uses the code that it is compared with: UTF-16 is counted by the code point, entities are found anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

from tgforward.forwarding.message import Entity, EntityKind, FormattedText

Formats = frozenset[str]


@dataclass(frozen=True)
class Character:
    letter: str
    formats: Formats = frozenset()

    @property
    def units(self) -> int:
        return 2 if ord(self.letter) > 0xFFFF else 1


Model = list[Character]
Replaced = tuple[int, int, str]


def model_of(content: FormattedText) -> Model:
    """The characters with the entities that cover all of them; an entity is known by its argument."""
    characters, offset = [], 0
    for letter in content.text:
        end = offset + Character(letter).units
        covering = [e for e in content.entities if e.offset <= offset and end <= e.offset + e.length]
        characters.append(Character(letter, frozenset(entity.argument for entity in covering)))
        offset = end
    return characters


def plain(text: str) -> Model:
    return [Character(letter) for letter in text]


def units(model: Model) -> int:
    return sum(character.units for character in model)


def text_of(model: Model) -> str:
    return "".join(character.letter for character in model)


def replaced(model: Model, changes: Sequence[Replaced]) -> Model:
    """Every new character has the formats that all replaced ones share; an insertion those of both neighbours."""
    result, position = [], 0
    for start, end, text in changes:
        around = model[start:end] if start < end else model[start - 1 : start + 1] if 0 < start < len(model) else []
        shared = frozenset.intersection(*(character.formats for character in around)) if around else frozenset()
        result += model[position:start] + [Character(letter, shared) for letter in text]
        position = end
    return result + model[position:]


def removed(model: Model, spans: Sequence[tuple[int, int]]) -> Model:
    gone = {index for start, end in spans for index in range(start, end)}
    return [character for index, character in enumerate(model) if index not in gone]


def trimmed(model: Model) -> Model:
    inked = [index for index, character in enumerate(model) if not character.letter.isspace()]
    return model[inked[0] : inked[-1] + 1] if inked else []


def appended(model: Model, line: Model) -> Model:
    return model + plain("\n") + line if model else line


def assert_is(content: FormattedText, model: Model) -> None:
    """The content says what the model says, and every entity covers whole characters, at least one."""
    assert content.text == text_of(model)
    assert model_of(content) == model
    borders = {units(plain(content.text[:index])) for index in range(len(content.text) + 1)}
    for entity in content.entities:
        assert entity.length > 0
        assert {entity.offset, entity.offset + entity.length} <= borders


_LETTERS = "ab \n\u3000\u00df\u4e2d\U0001f600\U00010400"
_numbers = st.tuples(st.integers(-2, 28), st.integers(-1, 20))


def _content(text: str, places: Sequence[tuple[int, int]], prefix: str) -> FormattedText:
    kinds = list(EntityKind)
    entities = (
        Entity(offset, length, kinds[number % len(kinds)], f"{prefix}{number}")
        for number, (offset, length) in enumerate(places)
    )
    return FormattedText(text, tuple(entities))


texts = st.text(_LETTERS, max_size=24)
contents = st.builds(_content, texts, st.lists(_numbers, max_size=5), st.just("own "))
lines = st.builds(_content, texts, st.lists(_numbers, max_size=2), st.just("line "))
positions = st.integers(0, 26)
spans = st.lists(st.tuples(positions, positions).map(lambda pair: (min(pair), max(pair))), max_size=4)


@st.composite
def changes_of(draw: st.DrawFn, length: int) -> list[Replaced]:
    """Rising changes of a text of that length, insertions among them; none overlaps another."""
    borders = sorted(draw(st.lists(st.integers(0, length), max_size=6)))
    pairs = list(zip(borders[::2], borders[1::2], strict=False))
    return [(start, end, draw(st.text(_LETTERS, max_size=3))) for start, end in dict(reversed(pairs)).items()][::-1]
