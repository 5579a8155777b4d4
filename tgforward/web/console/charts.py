"""Charts as numbers that a template draws in SVG: no script, and the same figures as a table for those who see none."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 640, 160
LEFT, BOTTOM = 44, 20
MINUTES_LABELLED = 15


@dataclass(frozen=True, slots=True)
class Bar:
    """One coloured rectangle, in the chart's units."""

    kind: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Line:
    """One curve as an SVG path; it has a gap where there is no figure."""

    kind: str
    path: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A label at a place of an axis."""

    place: float
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    """What is drawn, from old (left) to now (right)."""

    bars: tuple[Bar, ...]
    lines: tuple[Line, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    is_empty: bool
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    floor: int = HEIGHT - BOTTOM


def stacked_bars(columns: Sequence[Mapping[str, float]], *, minutes: int) -> Chart:
    """One column per span, its kinds on top of each other."""
    top = nice_top(max((sum(column.values()) for column in columns), default=0))
    step = (WIDTH - LEFT) / max(len(columns), 1)
    bars = [bar for number, column in enumerate(columns) for bar in _column(column, LEFT + number * step, step, top)]
    return Chart(tuple(bars), (), _x_ticks(minutes), _y_ticks(top), is_empty=not bars)


def curves(series: Mapping[str, Sequence[float | None]], *, minutes: int) -> Chart:
    """One curve for each kind; None leaves a gap."""
    known = [value for values in series.values() for value in values if value is not None]
    top = nice_top(max(known, default=0))
    lines = tuple(Line(kind, _path(values, top)) for kind, values in series.items())
    return Chart((), lines, _x_ticks(minutes), _y_ticks(top), is_empty=not known)


def nice_top(most: float) -> float:
    """The end of an axis: 1, 2 or 5 times a power of ten, not below `most`."""
    if most <= 0:
        return 1
    power = 10.0 ** math.floor(math.log10(most))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= most)


def _column(column: Mapping[str, float], x: float, step: float, top: float) -> list[Bar]:
    bars, base = [], 0.0
    for kind, value in column.items():
        if value > 0:
            bars.append(
                Bar(kind, round(x, 2), _y(base + value, top), round(max(step - 0.5, 0.5), 2), _height(value, top))
            )
        base += value
    return bars


def _path(values: Sequence[float | None], top: float) -> str:
    step = (WIDTH - LEFT) / max(len(values), 1)
    words, is_drawing = [], False
    for number, value in enumerate(values):
        if value is not None:
            words.append(f"{'L' if is_drawing else 'M'}{LEFT + (number + 0.5) * step:.1f} {_y(value, top):.1f}h0.1")
        is_drawing = value is not None
    return "".join(words)


def _y(value: float, top: float) -> float:
    return round((HEIGHT - BOTTOM) * (1 - value / top), 2)


def _height(value: float, top: float) -> float:
    return round((HEIGHT - BOTTOM) * value / top, 2)


def _x_ticks(minutes: int) -> tuple[Tick, ...]:
    ago = range(minutes, -1, -MINUTES_LABELLED)
    return tuple(
        Tick(round(LEFT + (WIDTH - LEFT) * (1 - left / minutes), 1), f"-{left}" if left else "0") for left in ago
    )


def _y_ticks(top: float) -> tuple[Tick, ...]:
    return tuple(Tick(_y(top * part, top), f"{top * part:g}") for part in (0, 0.5, 1))
