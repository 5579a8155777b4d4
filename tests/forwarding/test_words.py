import re
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.forwarding.strategies import texts, words
from tgforward.forwarding.patterns import Finder, Pattern
from tgforward.forwarding.words import WordList, fold, parse_words

FULL_WIDTH_COMMA = "\uff0c"


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (None, ()),
        ("", ()),
        (" , ,", ()),
        ("spam", ("spam",)),
        ("buy now, sale ", ("buy now", "sale")),
        (f"a{FULL_WIDTH_COMMA}b,c", ("a", "b", "c")),
        (r"a\,b,c", ("a,b", "c")),
        (rf"a\{FULL_WIDTH_COMMA}b", (f"a{FULL_WIDTH_COMMA}b",)),
        (r"a\b", (r"a\b",)),
        ("\u3000广告\u3000,\n推广", ("广告", "推广")),
    ],
)
def test_parse_words(column: str | None, expected: tuple[str, ...]) -> None:
    """Commas of both widths separate words, an escaped one belongs to the word, blanks around do not."""
    assert parse_words(column) == expected


@pytest.mark.parametrize(
    ("text", "word", "found"),
    [
        ("Big SALE today", "sale", True),
        ("1+1=2", "1+1", True),
        ("111=2", "1+1", False),
        ("a.b", "a.b", True),
        ("axb", "a.b", False),
        ("\u0130stanbul", "istanbul", True),
        ("STRA\u1e9eE", "stra\u00dfe", True),
        ("STRASSE", "stra\u00dfe", False),
        ("\u039f\u0394\u039f\u03a3", "\u03bf\u03b4\u03bf\u03c2", True),
        ("\u039f\u0394\u039f\u03a3\u0391", "\u03bf\u03b4\u03bf\u03c3", True),
        ("\U00010400", "\U00010428", True),
        ("广告位", "广告", True),
    ],
)
def test_a_word_is_found_as_literal_text_without_regard_to_case(text: str, word: str, found: bool) -> None:
    """A word is literal text, not a pattern, and matches in any case; whether it occurs and where say the same."""
    assert bool(WordList.compile(["nothing", word]).spans(text)) is found
    assert Finder([Pattern("nothing"), Pattern(word)]).find(text) == ({1} if found else set())


def test_fold_keeps_every_character_at_its_place() -> None:
    """No character of Unicode folds to more or fewer than one."""
    assert [code for code in range(sys.maxunicode + 1) if len(fold(chr(code))) != 1] == []


@given(texts, texts)
def test_fold_does_not_depend_on_neighbours(left: str, right: str) -> None:
    """A character folds the same wherever it stands."""
    assert fold(left + right) == fold(left) + fold(right)


@given(texts, st.lists(words, max_size=3))
def test_spans_are_the_occurrences_from_left_to_right(text: str, found: list[str]) -> None:
    """Each span folds to one of the words, no two overlap, and nothing between them holds a word."""
    spans = WordList.compile(found).spans(text)
    folded = {fold(word) for word in found}
    assert all(fold(text[start:end]) in folded for start, end in spans)
    borders = [0, *(place for span in spans for place in span), len(text)]
    assert borders == sorted(borders)
    gaps = zip(borders[::2], borders[1::2], strict=True)
    assert not any(word in fold(text)[start:end] for start, end in gaps for word in folded)


@given(texts, st.lists(words, min_size=1, max_size=3))
def test_first_position_is_where_the_leftmost_word_begins(text: str, found: list[str]) -> None:
    """The cut falls at the leftmost occurrence of any word."""
    match = re.search("|".join(re.escape(fold(word)) for word in found), fold(text))
    assert WordList.compile(found).first_position(text) == (match and match.start())


def test_the_longest_word_wins_at_one_position() -> None:
    """The order of the words does not matter."""
    assert WordList.compile(["foo", "foobar"]).spans("a foobar foo") == [(2, 8), (9, 12)]
