"""Charts as numbers."""

import pytest

from tgforward.web.console.charts import HEIGHT, LEFT, WIDTH, curves, nice_top, stacked_bars


@pytest.mark.parametrize(
    ("most", "top"), [(0, 1), (1, 1), (1.1, 2), (4, 5), (5.01, 10), (99, 100), (0.03, 0.05), (12345, 20000)]
)
def test_an_axis_ends_at_a_round_number(most: float, top: float) -> None:
    """1, 2 or 5 times a power of ten, and never below the highest figure."""
    assert nice_top(most) == pytest.approx(top)


def test_kinds_are_stacked_in_their_order() -> None:
    """Each column's kinds stand on top of each other, as high as their figures; zeros are not drawn."""
    chart = stacked_bars([{"sent": 4, "skipped": 1, "failed": 0}, {"sent": 0, "skipped": 10, "failed": 0}], minutes=60)
    floor = chart.floor
    sent, skipped, later = chart.bars
    assert (sent.kind, skipped.kind, later.kind) == ("sent", "skipped", "skipped")
    assert (sent.x, later.x) == (LEFT, LEFT + (WIDTH - LEFT) / 2)
    assert sent.y + sent.height == pytest.approx(floor)
    assert skipped.y + skipped.height == pytest.approx(sent.y)
    assert (later.y, later.height) == (0, floor)
    assert floor < HEIGHT


def test_a_curve_has_a_gap_where_nothing_is_known() -> None:
    """Each stretch of figures begins anew."""
    (line,) = curves({"p99": [1.0, 2.0, None, 2.0]}, minutes=60).lines
    assert [line.path.count(word) for word in "ML"] == [2, 1]


def test_the_axis_of_time_ends_now() -> None:
    """Ticks say how many minutes ago, the last one stands at the right edge."""
    ticks = stacked_bars([], minutes=60).x_ticks
    assert [tick.label for tick in ticks] == ["-60", "-45", "-30", "-15", "0"]
    assert (ticks[0].place, ticks[-1].place) == (LEFT, WIDTH)


def test_without_figures_a_chart_is_empty() -> None:
    """The template says so in words."""
    assert stacked_bars([], minutes=60).is_empty
    assert curves({"p99": [None, None]}, minutes=60).is_empty
