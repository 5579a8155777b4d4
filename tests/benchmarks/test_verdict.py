"""The crash test's verdict must be able to say no."""

from dataclasses import replace

import pytest

from benchmarks.chaos.expectation import Expected, Order
from benchmarks.chaos.scene import PLAIN, Wiring
from benchmarks.chaos.verdict import Arrival, Verdict, compare

WIRING = Wiring("config", "reader", "source", "dest", PLAIN, history=0, spare="spare")


def order(units: str) -> Order:
    """One unit per word, one message per letter; the text of a message is its letter."""
    return Order(
        WIRING, tuple(Expected(tuple(word), tuple(frozenset({key}) for key in word)) for word in units.split())
    )


def arrivals(words: str) -> list[Arrival]:
    """One album per word of several letters."""
    numbered = enumerate(words.split(), start=1)
    return [Arrival(key, key, number if len(word) > 1 else None) for number, word in numbered for key in word]


@pytest.mark.parametrize(
    ("wanted", "arrived", "verdict"),
    [
        ("a b c", "a b c", Verdict(expected=3, forwarded=3)),
        ("a bcd e", "a bcd e", Verdict(expected=5, forwarded=5)),
        ("a b c", "a c", Verdict(expected=3, forwarded=2, lost=1)),
        ("a b c", "a b b c", Verdict(expected=3, forwarded=4, doubled=1)),
        ("a b c", "a b c a", Verdict(expected=3, forwarded=4, doubled=1)),
        ("a b c", "b a c", Verdict(expected=3, forwarded=3, out_of_order=1)),
        ("a b c d", "d a b c", Verdict(expected=4, forwarded=4, out_of_order=3)),
        ("a bcd", "a bc d", Verdict(expected=4, forwarded=4, cut_albums=1)),
        ("a bcd", "a bc", Verdict(expected=4, forwarded=3, lost=1, cut_albums=1)),
        ("a bcd", "a b c d", Verdict(expected=4, forwarded=4, cut_albums=1)),
        ("a bcd", "a", Verdict(expected=4, forwarded=1, lost=3)),
        ("a bcd", "a bcd bcd", Verdict(expected=4, forwarded=7, doubled=3)),
        ("a b", "a x b", Verdict(expected=2, forwarded=3, unexpected=1)),
        ("a b", "", Verdict(expected=2, lost=2)),
    ],
)
def test_what_is_wrong_is_counted(wanted: str, arrived: str, verdict: Verdict) -> None:
    """Each kind of damage has a figure of its own, in messages (albums for cut ones), and an example."""
    found = compare([order(wanted)], {"dest": arrivals(arrived), "spare": []})
    assert replace(found, examples=[]) == verdict
    assert bool(found.examples) is not found.is_perfect


def test_a_config_that_moved_is_judged_over_both_dests() -> None:
    """A message may be in either dest, but not in both; each dest is in order."""
    moved = {"dest": arrivals("a c"), "spare": arrivals("b d")}
    assert compare([order("a b c d")], moved).is_perfect
    assert compare([order("a b c d")], {**moved, "spare": arrivals("b c d")}).doubled == 1
    assert compare([order("a b c d")], {**moved, "spare": arrivals("d b")}).out_of_order == 1


def test_a_wrong_text_is_unexpected() -> None:
    """A message that arrives with another text than its config's rules demand counts."""
    assert compare([order("a")], {"dest": [Arrival("a", "b", None)], "spare": []}).unexpected == 1
