"""Lists as people see them."""

from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from tgforward.cli.tables import Row, make_table

ROWS: list[Row] = [
    {"id": 1, "source_title": "Daily news of the whole wide world", "state": "active", "reason": None, "gone": None},
    {"id": 22, "source_title": "Photos", "state": "parked", "reason": "no right to write there any more", "gone": None},
]


def shown(rows: list[Row], width: int) -> list[str]:
    out = StringIO()
    Console(file=out, width=width, color_system=None).print(make_table(rows, width))
    return [line.rstrip() for line in out.getvalue().splitlines()]


def test_a_wide_terminal_gets_a_line_for_each_thing() -> None:
    """Under headings; a column in which nothing stands is left out."""
    head, first, second = shown(ROWS, 120)
    assert head.split() == ["id", "source", "title", "state", "reason"]
    assert first.startswith("1  Daily news of the whole wide world active")
    assert second.endswith("no right to write there any more")


@pytest.mark.parametrize("width", [20, 30, 40, 60, 80])
def test_no_line_is_longer_than_the_terminal_is_wide(width: int) -> None:
    """And nothing is lost: a narrow one gets a few lines for each thing."""
    lines = shown(ROWS, width)
    assert max(map(len, lines)) <= width
    words = " ".join(lines).split()
    assert {"Daily", "Photos", "active", "parked", "22"} <= set(words)


def test_a_narrow_terminal_gets_things_one_below_the_other() -> None:
    """Each value beside its name; what a thing does not have is left out."""
    lines = shown(ROWS, 30)
    assert lines[0] == "id           1"
    assert lines[lines.index("id           22") - 1] == ""
    assert sum(line.startswith("reason") for line in lines) == 1


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("[red]title[/red]", "[red]title[/red]"),
        ("bell\a and \x1b[31mred", "bell\N{REPLACEMENT CHARACTER} and \N{REPLACEMENT CHARACTER}[31mred"),
        (True, "yes"),
        (False, "no"),
        ({"rule": 2, "empty": 1}, "rule 2, empty 1"),
        (2.345, "2.3"),
        (
            datetime(2026, 1, 1, 12, 30, tzinfo=UTC),
            datetime(2026, 1, 1, 12, 30, tzinfo=UTC).astimezone().strftime("%F %T"),
        ),
    ],
)
def test_values_are_plain_text(value: Any, text: str) -> None:
    """What looks like markup or holds orders for a terminal is only text."""
    assert shown([{"value": value}], 80)[1] == text
