from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from tgforward.forwarding.hours import Hours

BERLIN = ZoneInfo("Europe/Berlin")
DAY = Hours(time(8), time(22), BERLIN)
NIGHT = Hours(time(22), time(8), BERLIN)
GAP = Hours(time(2, 30), time(2, 45), BERLIN)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "now", "opens"),
    [
        (DAY, "2026-01-05T07:00", None),
        (DAY, "2026-01-05T06:59:59", "2026-01-05T07:00"),
        (DAY, "2026-01-05T20:59:59", None),
        (DAY, "2026-01-05T21:00", "2026-01-06T07:00"),
        (DAY, "2026-07-05T05:00", "2026-07-05T06:00"),
        (NIGHT, "2026-01-05T21:00", None),
        (NIGHT, "2026-01-05T06:59", None),
        (NIGHT, "2026-01-05T07:00", "2026-01-05T21:00"),
        (DAY, "2026-03-28T21:00", "2026-03-29T06:00"),
        (DAY, "2026-10-24T20:00", "2026-10-25T07:00"),
        (GAP, "2026-03-29T00:50", "2026-03-29T01:30"),
        (GAP, "2026-10-25T00:10", "2026-10-25T00:30"),
        (GAP, "2026-10-25T00:35", None),
        (GAP, "2026-10-25T00:50", "2026-10-25T01:30"),
        (GAP, "2026-10-25T01:50", "2026-10-26T01:30"),
    ],
)
def test_when_the_window_opens(hours: Hours, now: str, opens: str | None) -> None:
    """The window follows the zone's clocks, over midnight and when they are changed."""
    moment = utc(now)
    assert hours.opens_at(moment) == (None if opens is None else utc(opens))
    assert hours.are_open_at(moment) is (opens is None)
