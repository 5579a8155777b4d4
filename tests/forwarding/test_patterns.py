import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.forwarding.strategies import texts, words
from tgforward.errors import InvalidInput
from tgforward.forwarding.patterns import Finder, Pattern, Regex
from tgforward.forwarding.words import fold


@given(texts, st.lists(words, max_size=4), st.lists(words, max_size=3))
def test_the_finder_finds_what_occurs(text: str, literal: list[str], escaped: list[str]) -> None:
    """All words are found in one question, folded or as written, by their numbers."""
    patterns = [Pattern(word, has_case=number % 2 == 1) for number, word in enumerate(literal)]
    patterns += [Pattern(re.escape(word), is_regex=True, has_case=True) for word in escaped]
    expected = {
        number
        for number, (pattern, word) in enumerate(zip(patterns, [*literal, *escaped], strict=True))
        if (word in text if pattern.has_case else fold(word) in fold(text))
    }
    assert Finder(patterns).find(text) == expected


@given(
    st.text("ab\u4e2d\U0001f600", max_size=12),
    st.sampled_from(["a*", "b+", "[^a]", "(?m)^", "$", "(a)|(b)", "\u4e2d."]),
)
def test_matches_stand_where_python_finds_them(text: str, pattern: str) -> None:
    """Spans are indexes of the Python string, whatever the characters take in UTF-8."""
    found = list(Regex(Pattern(pattern, is_regex=True)).matches(text))
    compiled = re.compile(pattern)
    expected = [[match.span(group) for group in range(compiled.groups + 1)] for match in compiled.finditer(text)]
    assert found == expected


def test_a_thousand_patterns_are_one_question() -> None:
    """Many words do not make a config slow, and those that occur are told apart."""
    finder = Finder([Pattern(f"word{number}x") for number in range(1000)])
    assert finder.find("WORD17x and word999X") == {17, 999}


def test_a_regular_expression_cannot_take_for_ever() -> None:
    """A pattern on which others take 2^40 steps is answered at once."""
    assert list(Regex(Pattern(r"(a+)+$", is_regex=True)).matches("a" * 4000 + "b")) == []


@pytest.mark.parametrize(
    ("pattern", "sentence"),
    [
        ("a(", r"'a\(' is no regular expression of RE2: missing \)"),
        ("a)(b", "unexpected "),
        (r"(?=a)", "invalid perl operator"),
        (r"\pL{900}", "too large|repetition"),
        ("a" * 1006, "has 1006 characters: 1000 at most"),
    ],
)
def test_a_pattern_that_cannot_be_used_is_refused(pattern: str, sentence: str) -> None:
    """What RE2 does not know or would take too much memory is said when the config is saved."""
    with pytest.raises(InvalidInput, match=sentence):
        Regex(Pattern(pattern, is_regex=True))


def test_patterns_that_take_too_much_memory_together_are_refused() -> None:
    """The answer is a sentence, not a process without memory."""
    heavy = [Pattern(rf"\pL{{300}}x{number}", is_regex=True) for number in range(400)]
    with pytest.raises(InvalidInput, match="too many: remove some"):
        Finder(heavy)
