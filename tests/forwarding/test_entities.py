from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.forwarding.build import bold, italic
from tests.forwarding.strategies import contents
from tgforward.forwarding.entities import append_line, cut_at, remove_spans, trim, utf16_length
from tgforward.forwarding.message import Entity, EntityKind, FormattedText

Formatting = Counter[tuple[EntityKind, str]]

positions = st.integers(0, 30)
spans = st.lists(st.tuples(positions, positions).map(lambda pair: (min(pair), max(pair))), max_size=4)


def formatted_characters(content: FormattedText) -> list[tuple[str, Formatting]]:
    """The plain model: each character with what formats it; half a surrogate pair does not count."""
    characters = []
    offset = 0
    for character in content.text:
        end = offset + utf16_length(character)
        covering = (entity for entity in content.entities if entity.offset <= offset and end <= entity.end)
        characters.append((character, Counter((entity.kind, entity.argument) for entity in covering)))
        offset = end
    return characters


def assert_sound(content: FormattedText) -> None:
    """Every entity covers whole characters of the text, and at least one."""
    borders = {utf16_length(content.text[:index]) for index in range(len(content.text) + 1)}
    for entity in content.entities:
        assert entity.length > 0
        assert {entity.offset, entity.end} <= borders


@pytest.mark.parametrize(
    ("text", "units"), [("", 0), ("abc", 3), ("中文", 2), ("\U0001f600", 2), ("e\u0301", 2), ("\ud83d", 1)]
)
def test_utf16_length(text: str, units: int) -> None:
    """Characters outside the basic plane count twice."""
    assert utf16_length(text) == units


@pytest.mark.parametrize(
    ("content", "removed", "expected"),
    [
        (
            FormattedText("xx bb BOLD tail bb", (bold(6, 4),)),
            [(0, 2), (3, 5), (16, 18)],
            FormattedText("  BOLD tail ", (bold(2, 4),)),
        ),
        (FormattedText("a BOLD b", (bold(2, 4),)), [(3, 5)], FormattedText("a BD b", (bold(2, 2),))),
        (FormattedText("a BOLD b", (bold(2, 4),)), [(0, 4)], FormattedText("LD b", (bold(0, 2),))),
        (FormattedText("a BOLD b", (bold(2, 4),)), [(1, 7)], FormattedText("ab")),
        (
            FormattedText("\U0001f600x\U0001f600BOLD", (bold(5, 4),)),
            [(0, 2)],
            FormattedText("\U0001f600BOLD", (bold(2, 4),)),
        ),
        (
            FormattedText("one two three", (bold(0, 13), italic(4, 3))),
            [(0, 4), (7, 13)],
            FormattedText("two", (bold(0, 3), italic(0, 3))),
        ),
        (FormattedText("abc", (bold(-2, 3), italic(2, 9))), [(1, 2)], FormattedText("ac", (bold(0, 1), italic(1, 1)))),
        (FormattedText("abc", (bold(0, 3),)), [(1, 3), (0, 2)], FormattedText("")),
    ],
)
def test_remove_spans(content: FormattedText, removed: list[tuple[int, int]], expected: FormattedText) -> None:
    """What stays keeps its formatting, what is formatted no more is dropped."""
    assert remove_spans(content, removed) == expected


def test_an_entity_that_begins_inside_a_surrogate_pair_does_not_cover_it() -> None:
    """Half a character cannot be formatted: the entity shrinks to whole ones."""
    content = FormattedText("\U0001f600b\U0001f600x", (bold(1, 3),))
    assert cut_at(content, 3) == FormattedText("\U0001f600b\U0001f600", (bold(2, 1),))


def test_cut_at() -> None:
    """The text ends where it was cut, and entities with it."""
    content = FormattedText("keep BOLD", (bold(5, 4), italic(7, 2)))
    assert cut_at(content, 7) == FormattedText("keep BO", (bold(5, 2),))


def test_trim_moves_entities_with_the_text() -> None:
    """White space at both edges goes, also where it is formatted."""
    content = FormattedText(" \n a b \u3000", (bold(1, 3), italic(6, 2)))
    assert trim(content) == FormattedText("a b", (bold(0, 1),))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (FormattedText("\U0001f600", (bold(0, 2),)), FormattedText("\U0001f600\nby me", (bold(0, 2), italic(6, 2)))),
        (FormattedText(""), FormattedText("by me", (italic(3, 2),))),
        (FormattedText("a", (bold(0, 99),)), FormattedText("a\nby me", (bold(0, 1), italic(5, 2)))),
    ],
)
def test_append_line(content: FormattedText, expected: FormattedText) -> None:
    """The line stands below the text with its own formatting and inherits none."""
    assert append_line(content, FormattedText("by me", (Entity(3, 2, EntityKind.ITALIC),))) == expected


@given(contents, spans)
def test_a_kept_character_keeps_exactly_its_formatting(content: FormattedText, removed: list[tuple[int, int]]) -> None:
    """Removing any spans of any text gives the characters that the plain model gives."""
    result = remove_spans(content, removed)
    gone = {index for start, end in removed for index in range(start, end)}
    model = formatted_characters(content)
    assert formatted_characters(result) == [item for index, item in enumerate(model) if index not in gone]
    assert_sound(result)


@given(contents, positions)
def test_a_cut_keeps_what_stands_before_it(content: FormattedText, position: int) -> None:
    """Cutting any text gives the first characters of the plain model."""
    result = cut_at(content, position)
    assert formatted_characters(result) == formatted_characters(content)[:position]
    assert_sound(result)


@given(contents)
def test_trimming_keeps_what_stands_between(content: FormattedText) -> None:
    """Trimming any text gives the stripped text, its characters formatted as before."""
    result = trim(content)
    start = len(content.text) - len(content.text.lstrip())
    assert result.text == content.text.strip()
    assert formatted_characters(result) == formatted_characters(content)[start : start + len(result.text)]


@given(contents, contents)
def test_an_appended_line_shares_no_formatting(content: FormattedText, line: FormattedText) -> None:
    """Below any text any line stands as it was."""
    result = append_line(content, line)
    model = formatted_characters(content)
    between = [("\n", Formatting())] if content.text else []
    assert formatted_characters(result) == model + between + formatted_characters(line)
    assert_sound(result)
