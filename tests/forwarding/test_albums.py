import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.forwarding.build import album, message
from tests.forwarding.strategies import sources
from tgforward.forwarding.albums import group_albums, split_complete
from tgforward.forwarding.message import SourceMessage

LONE = message(1, "hello")
THREE = album(2, ["", "", ""])
OTHER = album(5, ["", ""], group=8)
TEN = album(2, [""] * 10)


def ids(messages: list[SourceMessage] | tuple[SourceMessage, ...]) -> list[int]:
    return [message.id for message in messages]


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        ([], []),
        ([LONE, message(2)], [[1], [2]]),
        ([LONE, *THREE, message(9)], [[1], [2, 3, 4], [9]]),
        ([*THREE, *OTHER], [[2, 3, 4], [5, 6]]),
    ],
)
def test_group_albums(messages: list[SourceMessage], expected: list[list[int]]) -> None:
    """Members of one album are one unit, everything else stands alone."""
    assert [ids(unit) for unit in group_albums(messages)] == expected


@pytest.mark.parametrize(
    ("messages", "page_full", "waiting"),
    [
        ([], True, []),
        ([LONE], True, []),
        ([LONE, *THREE], False, []),
        ([LONE, *THREE], True, [2, 3, 4]),
        (THREE, True, [2, 3, 4]),
        ([*THREE, *OTHER], True, [5, 6]),
        ([*THREE, message(9)], True, []),
        ([LONE, *TEN], True, []),
        (album(1, [""] * 100), True, []),
    ],
)
def test_an_album_that_may_go_on_waits(messages: list[SourceMessage], page_full: bool, waiting: list[int]) -> None:
    """Only the last album of a full page waits, and only while it has fewer than ten members."""
    complete, rest = split_complete(messages, page_full=page_full)
    assert ids(rest) == waiting
    assert ids([*complete, *rest]) == ids(messages)


@given(sources(), st.integers(10, 30))
def test_pages_of_any_size_end_and_cut_no_album(messages: list[SourceMessage], limit: int) -> None:
    """Reading page after page sees every message once, and every album whole."""
    units = []
    position = 0
    while position < len(messages):
        page = messages[position : position + limit]
        complete, _ = split_complete(page, page_full=len(page) == limit)
        assert complete
        units += group_albums(complete)
        position += len(complete)
    assert units == group_albums(messages)
