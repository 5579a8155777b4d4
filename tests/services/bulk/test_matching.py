"""Which entry is which config."""

from typing import Any

import pytest

from tgforward.services.bulk.matching import match
from tgforward.types import ConfigId


def shape(name: str | None, source: int, history: int = 0) -> dict[str, Any]:
    found = {"source": source, "dests": [9], "account": "main", "history": history}
    return found if name is None else {"name": name} | found


STORED = {
    ConfigId(1): shape("a", 1),
    ConfigId(2): shape("b", 1),
    ConfigId(3): shape(None, 3),
    ConfigId(4): shape(None, 3, 5),
    ConfigId(5): shape("a", 2),
}


@pytest.mark.parametrize(
    ("shapes", "numbers"),
    [
        (list(STORED.values()), [1, 2, 3, 4, 5]),
        (list(STORED.values())[::-1], [5, 4, 3, 2, 1]),
        ([shape("a", 2, 7)], [5]),
        ([shape("a", 7)], [1]),
        ([shape("a", 7), shape("a", 8), shape("a", 9)], [1, 5, None]),
        ([shape("new", 3)], [3]),
        ([shape(None, 3, 8), shape(None, 3, 5)], [3, 4]),
        ([shape(None, 1)], [1]),
        ([shape("new", 7)], [None]),
        ([], []),
    ],
)
def test_the_best_match_is_taken(shapes: list[dict[str, Any]], numbers: list[int | None]) -> None:
    """What is the same throughout, else of the same name and route, else name, else route; each config once."""
    assert match(shapes, STORED) == numbers
