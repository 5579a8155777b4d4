"""Sharing lanes: everybody computes the same, and it comes to rest."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tgforward.services.lanes_share import lanes_to_claim, lanes_to_give
from tgforward.types import AccountId


def lanes(count: int) -> list[AccountId]:
    return [AccountId(number) for number in range(1, count + 1)]


@pytest.mark.parametrize(
    ("free", "counts", "shares"),
    [
        (4, {"a": 0, "b": 0}, {"a": [1, 3], "b": [2, 4]}),
        (1, {"a": 1, "b": 0}, {"a": [], "b": [1]}),
        (3, {"a": 2, "b": 0}, {"a": [3], "b": [1, 2]}),
        (5, {"a": 0, "b": 0}, {"a": [1, 3, 5], "b": [2, 4]}),
        (2, {"a": 0}, {"a": [1, 2]}),
    ],
)
def test_free_lanes_go_to_the_poorest(free: int, counts: dict[str, int], shares: dict[str, list[int]]) -> None:
    """Each free lane is due to the worker that has the fewest by then."""
    for owner, share in shares.items():
        assert lanes_to_claim(lanes(free), counts, owner) == share


def test_whoever_is_not_counted_takes_and_gives_nothing() -> None:
    """A worker whose own presence has lapsed waits until it is back."""
    assert lanes_to_claim(lanes(3), {}, "a") == []
    assert lanes_to_claim(lanes(3), {"b": 0}, "a") == []
    assert lanes_to_give({}, "a") == 0
    assert lanes_to_give({"b": 9, "c": 0}, "a") == 0


@pytest.mark.parametrize(
    ("counts", "given_by_a"),
    [
        ({"a": 2, "b": 2}, 0),
        ({"a": 3, "b": 2}, 0),
        ({"a": 3, "b": 1}, 1),
        ({"a": 2, "b": 2, "c": 0}, 1),
        ({"a": 2, "0": 2, "c": 0}, 0),  # one at a time: "0" comes first
        ({"a": 1, "b": 0}, 0),
        ({"a": 100, "b": 0}, 12),
    ],
)
def test_what_the_richest_gives_up(counts: dict[str, int], given_by_a: int) -> None:
    """Only the richest gives, only while somebody has two less, and in steps."""
    assert lanes_to_give(counts, "a") == given_by_a


@given(st.dictionaries(st.text("abcdef", min_size=1), st.integers(0, 60), min_size=1, max_size=6), st.integers(0, 40))
def test_it_comes_to_rest(counts: dict[str, int], free: int) -> None:
    """From any start the lanes are all owned and evenly shared after a few steps, and then nothing moves."""
    total = sum(counts.values()) + free
    for _ in range(200):
        shares = {owner: lanes_to_claim(lanes(free), counts, owner) for owner in counts}
        assert sorted(lane for share in shares.values() for lane in share) == lanes(free)
        counts = {owner: having + len(shares[owner]) for owner, having in counts.items()}
        gifts = {owner: lanes_to_give(counts, owner) for owner in counts}
        free = sum(gifts.values())
        counts = {owner: having - gifts[owner] for owner, having in counts.items()}
        if not free:
            break
    assert free == 0
    assert sum(counts.values()) == total
    assert max(counts.values()) - min(counts.values()) <= 1
