"""Stretches of time as people say them."""

UNITS = ((1, "s"), (60, "min"), (3600, "h"), (86_400, "d"))
MANY = 90  # of a unit: from so many on the next one says as much


def shown_duration(seconds: float | None) -> str | None:
    """A whole number of the unit that suits it, at least one second: `45 s`, `12 min`, `5 h`; None for None."""
    if seconds is None:
        return None
    size, name = next((unit for unit in UNITS if seconds < MANY * unit[0]), UNITS[-1])
    return f"{max(round(seconds / size), 1)} {name}"
