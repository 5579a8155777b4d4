"""Texts that are longer than the account may send."""

import pytest

from tests.forwarding.build import CONTEXT, album, message
from tgforward.forwarding.limits import TextLimits
from tgforward.forwarding.rules import Dropped, Kept, Rules
from tgforward.forwarding.ruleset import parse_ruleset
from tgforward.forwarding.skips import SkipReason

LIMITS = TextLimits(text=20, caption=10)


def rules(too_long: str, add_text: str | None = None) -> Rules:
    """Rules that remove `ZZ` and send long texts that way."""
    ruleset = parse_ruleset({"send": {"too_long": too_long}})
    return Rules.parse(remove_word="ZZ", ruleset=ruleset, add_text=add_text)


def texts(kept: Kept | Dropped) -> list[list[str] | None]:
    assert isinstance(kept, Kept)
    return [None if pieces is None else [piece.text for piece in pieces] for pieces in kept.contents]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ZZ" + "word " * 3, ["word word word"]),
        ("ZZ" + "word " * 8, ["word word word word", "word word word word"]),
        ("ZZ" + "x" * 45, ["x" * 20, "x" * 20, "x" * 5]),
    ],
)
def test_the_rest_follows_as_a_reply(text: str, expected: list[str]) -> None:
    """A changed text is split between words where it can be; nothing of it is lost."""
    assert texts(rules("reply").apply([message(1, text)], CONTEXT, LIMITS)) == [expected]


def test_it_is_trimmed_on_demand() -> None:
    """One message remains, and ends with an ellipsis."""
    (pieces,) = texts(rules("trim").apply([message(1, "ZZ" + "word " * 8)], CONTEXT, LIMITS))
    assert pieces is not None
    assert len(pieces) == 1
    assert len(pieces[0]) <= 20
    assert pieces[0].endswith("…")


def test_it_is_skipped_on_demand() -> None:
    """The reason names the limit."""
    dropped = rules("skip").apply([message(1, "ZZ" + "word " * 8)], CONTEXT, LIMITS)
    assert dropped == Dropped(SkipReason.TOO_LONG, "more than 20 characters")


def test_the_added_line_goes_first() -> None:
    """A text that is short enough by itself loses its added line, not its end."""
    assert texts(rules("trim", add_text="a long line").apply([message(1, "short ZZ text")], CONTEXT, LIMITS)) == [
        ["short  text"]
    ]


def test_an_unchanged_text_may_be_longer_than_the_limit() -> None:
    """Whoever wrote it was allowed to; it goes as it is."""
    assert texts(rules("skip").apply([message(1, "word " * 8)], CONTEXT, LIMITS)) == [None]


def test_an_album_is_sent_anew_as_a_whole() -> None:
    """An unchanged caption that is too long for this account would be refused beside a changed one: it is fitted."""
    members = album(1, ["a long caption", "ZZ b", "c"])
    first, second, third = texts(rules("reply").apply(members, CONTEXT, LIMITS))
    assert (first, second, third) == (["a long", "caption"], ["b"], None)
    assert texts(rules("reply").apply(album(1, ["a long caption", "b"]), CONTEXT, LIMITS)) == [None, None]
