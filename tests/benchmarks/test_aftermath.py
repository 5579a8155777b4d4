"""The verdict on edits, deletions and replies must be able to say no."""

from dataclasses import replace

import pytest

from benchmarks.chaos.aftermath import compare_changes, compare_replies
from benchmarks.chaos.expectation import Expected, Order
from benchmarks.chaos.scene import PLAIN, Wiring
from benchmarks.chaos.verdict import Arrival, Verdict

WIRING = Wiring("config", "reader", "source", "dest", PLAIN, history=0, deletes=True)
ONE = Expected(("a",), (frozenset({"old", "new"}),), (frozenset({"new"}),))


@pytest.mark.parametrize(
    ("unit", "text", "verdict"),
    [
        (ONE, "new", Verdict()),
        (ONE, "old", Verdict(stale=1)),
        (replace(ONE, is_deleted=True), "new", Verdict(undeleted=1)),
        (replace(ONE, is_deleted=True), None, Verdict()),
    ],
)
def test_what_stands_in_the_end(unit: Expected, text: str | None, verdict: Verdict) -> None:
    """A copy says what the source says in the end, and goes with it."""
    found = Verdict()
    standing = [] if text is None else [Arrival("a", text, None)]
    compare_changes([Order(WIRING, (unit,))], {"dest": standing}, {}, found)
    assert replace(found, examples=[]) == verdict
    unknown = Verdict()
    compare_changes([Order(WIRING, (unit,))], {"dest": standing}, {"config": frozenset("a")}, unknown)
    assert unknown.is_perfect


@pytest.mark.parametrize(
    ("reply_to", "is_known", "broken"), [(1, True, 0), (2, True, 1), (None, True, 1), (None, False, 0), (2, False, 1)]
)
def test_replies_answer_the_copy(reply_to: int | None, broken: int, *, is_known: bool) -> None:
    """A reply names the copy of the message that it answers; it may name none where nobody knows that copy."""
    question = Expected(("a",), (frozenset({"a"}),))
    answer = Expected(("b",), (frozenset({"b"}),), answers="a")
    arrived = {"dest": [Arrival("a", "a", None, 1), Arrival("b", "b", None, 3, reply_to)]}
    unknown = {} if is_known else {"config": frozenset("a")}
    found = Verdict()
    compare_replies([Order(WIRING, (question, answer))], arrived, unknown, found)
    assert found.broken_replies == broken
