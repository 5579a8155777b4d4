"""What a config must deliver, worked out from what was posted."""

from dataclasses import replace

import pytest

from benchmarks.chaos.expectation import expect, media_key, whole_posts
from benchmarks.chaos.posts import Post, Posted
from benchmarks.chaos.scene import CLEAN, PLAIN, SIGNATURES, SIGNED, Rule, Wiring

WIRING = Wiring("config", "reader", "source", "dest", PLAIN, history=0)
TEXT = "#s-1 pebbleZZAD ZZCUT ember"


def text(number: int, content: str = "") -> Posted:
    """A text message."""
    return Posted("source", (number,), Post((f"#s-{number} {content}".strip(),)))


def album(*numbers: int) -> Posted:
    """An album without captions."""
    return Posted("source", numbers, Post(("",) * len(numbers), is_media=True))


@pytest.mark.parametrize(
    ("content", "rule", "texts"),
    [
        (TEXT, PLAIN, {TEXT}),
        (TEXT, Rule(removes=True), {"#s-1 pebble ZZCUT ember"}),
        (TEXT, CLEAN, {"#s-1 pebble"}),
        ("#s-1 pebble", SIGNED, {f"#s-1 pebble\n{line}" for line in SIGNATURES}),
    ],
)
def test_rules_make_texts(content: str, rule: Rule, texts: set[str]) -> None:
    """Words are removed, tails cut, and one of two signatures is right."""
    order = expect(replace(WIRING, rule=rule), [], [Posted("source", (1,), Post((content,)))], {})
    assert [(unit.keys, unit.texts) for unit in order.units] == [(("#s-1",), (frozenset(texts),))]


def test_a_word_skips_the_whole_album() -> None:
    """A skip word in one caption keeps all members from being expected."""
    posted = Posted("source", (1, 2), Post(("", "#s-1 ZZSKIP"), is_media=True))
    assert expect(replace(WIRING, rule=CLEAN), [], [posted], {1: 11, 2: 12}).units == ()
    assert len(expect(WIRING, [], [posted], {1: 11, 2: 12}).units) == 1


def test_an_album_is_signed_once() -> None:
    """The signature stands below the caption that the album shows, else below its first member."""
    media = {1: 11, 2: 12}
    signed = replace(WIRING, rule=SIGNED)
    captioned = Posted("source", (1, 2), Post(("", "#s-1"), is_media=True))
    (unit,) = expect(signed, [], [captioned], media).units
    assert unit.keys == (media_key(11), media_key(12))
    assert unit.texts == (frozenset({""}), frozenset(f"#s-1\n{line}" for line in SIGNATURES))
    (unit,) = expect(signed, [], [album(1, 2)], media).units
    assert unit.texts == (frozenset(SIGNATURES), frozenset({""}))


@pytest.mark.parametrize(("wanted", "whole"), [(-1, -1), (0, 0), (1, 1), (2, 1), (3, 1), (4, 4), (5, 5), (9, 5)])
def test_a_history_never_begins_inside_an_album(wanted: int, whole: int) -> None:
    """A count that would cut an album is lowered to what lies behind it; the window holds exactly so many messages."""
    history = [text(1), album(2, 3, 4), text(5)]
    assert whole_posts(history, wanted) == whole
    order = expect(replace(WIRING, history=whole), history, [text(6)], {2: 2, 3: 3, 4: 4})
    assert sum(len(unit.keys) for unit in order.units) == (5 if whole < 0 else whole) + 1
