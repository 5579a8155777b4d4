"""How values are written on pages."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from tgforward.services.durations import shown_duration
from tgforward.web.console.comparing import compared

UNKNOWN = "\N{EN DASH}"


def number(value: int | None) -> str:
    """With a thin space between thousands, the same in every language."""
    return UNKNOWN if value is None else f"{value:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def milliseconds(value: float | None) -> str:
    """Below a second as such, else in seconds."""
    if value is None:
        return UNKNOWN
    return f"{value:.0f} ms" if value < 1000 else f"{value / 1000:.1f} s"


def moment(at: datetime | None) -> str:
    """To the second, in UTC: operators of one installation live in several zones."""
    return UNKNOWN if at is None else f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def seconds(value: float | timedelta | None) -> str:
    """A stretch of time in the unit that suits it."""
    return shown_duration(value.total_seconds() if isinstance(value, timedelta) else value) or UNKNOWN


FILTERS: Mapping[str, Callable[..., str]] = {
    "number": number,
    "milliseconds": milliseconds,
    "moment": moment,
    "seconds": seconds,
    "compared": compared,
}
