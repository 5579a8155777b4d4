"""Stretches of time as people say them."""

import pytest

from tgforward.services.durations import shown_duration


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (None, None), (0.2, "1 s"), (45.4, "45 s"), (89, "89 s"), (91, "2 min"), (3600, "60 min"), (5401, "2 h"),
        (86_400, "24 h"), (400_000, "5 d"), (90 * 86_400, "90 d"),
    ],
)  # fmt: skip
def test_the_unit_suits_the_length(seconds: float | None, shown: str | None) -> None:
    """A whole number of it, and never nothing."""
    assert shown_duration(seconds) == shown
