"""Many values, a statement's worth at a time."""

from collections.abc import Collection, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")

VARIABLES = 900
"""In one statement; some builds of SQLite take no more than 999."""


def batches(items: Collection[T], *, variables: int = 1) -> Iterator[list[T]]:
    """The items in their order, as many at a time as fit into a statement with so many variables for each."""
    rest = iter(items)
    while some := list(islice(rest, VARIABLES // variables)):
        yield some
