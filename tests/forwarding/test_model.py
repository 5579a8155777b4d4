"""Every edit against the plain reference model: 14,000 cases in all, about 20 s on one core."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.forwarding import model
from tests.forwarding.model import Model, assert_is, model_of
from tgforward.forwarding.entities import Change, append_line, change_spans, cut_at, part, remove_spans, trim
from tgforward.forwarding.message import FormattedText
from tgforward.forwarding.splitting import ELLIPSIS, MOST_PIECES, shorten, split

CASES = settings(max_examples=1700)
limits = st.integers(2, 16)

Edited = tuple[FormattedText, Model]
Edit = Callable[[st.DataObject, FormattedText], Edited]


def remove(data: st.DataObject, content: FormattedText) -> Edited:
    spans = data.draw(model.spans)
    return remove_spans(content, spans), model.removed(model_of(content), spans)


def replace(data: st.DataObject, content: FormattedText) -> Edited:
    changes = data.draw(model.changes_of(len(content.text)))
    return change_spans(content, [Change(*change) for change in changes]), model.replaced(model_of(content), changes)


def cut(data: st.DataObject, content: FormattedText) -> Edited:
    position = data.draw(model.positions)
    return cut_at(content, position), model_of(content)[:position]


def take(data: st.DataObject, content: FormattedText) -> Edited:
    start, end = data.draw(model.positions), data.draw(model.positions)
    start = min(start, len(content.text))
    return part(content, start, end), model_of(content)[start:end]


def strip(data: st.DataObject, content: FormattedText) -> Edited:
    # Nothing to strip, nothing changed: an odd entity is mended by the first real edit.
    return remove_spans(trim(content), []), model.trimmed(model_of(content))


def append(data: st.DataObject, content: FormattedText) -> Edited:
    line = data.draw(model.lines)
    return append_line(content, line), model.appended(model_of(content), model_of(line))


EDITS = (remove, replace, cut, take, strip, append)


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)
@given(st.data())
@CASES
def test_an_edit_does_what_the_model_does(edit: Edit, data: st.DataObject) -> None:
    """Each character that stays keeps its formats; a new one has what all that it replaces shared."""
    content, expected = edit(data, data.draw(model.contents))
    assert_is(content, expected)


@given(model.contents, st.lists(st.sampled_from(EDITS), min_size=2, max_size=5), st.data())
@settings(max_examples=500)
def test_edits_in_a_row_do_what_the_model_does(content: FormattedText, edits: list[Edit], data: st.DataObject) -> None:
    """No edit leaves anything behind that the next one stumbles over."""
    for edit in edits:
        content, expected = edit(data, content)
        assert_is(content, expected)


@given(model.contents.map(trim), limits, limits)
@CASES
def test_the_pieces_of_a_split_are_the_text(content: FormattedText, first: int, further: int) -> None:
    """Only white space at the borders is gone, formats go on, and a word is cut only where no blank is near."""
    rest, pieces = model_of(content), split(content, first, further)
    is_cut_off = len(pieces) == MOST_PIECES and pieces[-1].text.endswith(ELLIPSIS)
    for limit, piece in zip([first, *[further] * len(pieces)], pieces, strict=False):
        assert model.units(model_of(piece)) <= limit
    for piece in pieces[:-1] if is_cut_off else pieces:
        length = len(piece.text)
        assert_is(remove_spans(piece, []), rest[:length])
        is_in_word = length < len(rest) and not rest[length].letter.isspace()
        assert not (is_in_word and any(character.letter.isspace() for character in rest[max(1, length // 2) : length]))
        rest = model.trimmed(rest[length:])
    assert is_cut_off or rest == []


@given(model.contents, limits)
@CASES
def test_what_is_shortened_is_a_beginning(content: FormattedText, limit: int) -> None:
    """An ellipsis without formats stands behind the first characters, inside of the limit."""
    if model.units(model_of(content)) <= limit:
        return
    short = shorten(content, limit)
    kept = model_of(short)[:-1]
    assert model.units(model_of(short)) <= limit
    assert_is(short, [*kept, model.Character(ELLIPSIS)])
    start = len(content.text) - len(content.text.lstrip())
    assert kept == model_of(content)[start : start + len(kept)]
