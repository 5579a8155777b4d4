"""What a config's own numbers may be; each check returns the value or says in one sentence what is wrong."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tgforward.errors import InvalidInput

DEFAULT_ZONE = "Asia/Shanghai"
LARGEST = 2**31 - 1  # the columns are INT


def check_interval(interval_second: int) -> int:
    """Seconds between two runs.

    Raises:
        InvalidInput: below 1, or larger than the database holds.
    """
    if not 1 <= interval_second <= LARGEST:
        raise InvalidInput(f"interval_second is {interval_second}: give the seconds between two runs, 1 or more")
    return interval_second


def check_history_count(forward_history_count: int) -> int:
    """How many of the source's last messages the first run brings along: 0 none, -1 all.

    Raises:
        InvalidInput: below -1, or larger than the database holds.
    """
    if not -1 <= forward_history_count <= LARGEST:
        raise InvalidInput(
            f"forward_history_count is {forward_history_count}: give the number of messages to bring along, "
            "0 for none or -1 for all"
        )
    return forward_history_count


def check_zone(name: str) -> ZoneInfo:
    """The time zone of that name.

    Raises:
        InvalidInput: the time zone database has no such name.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidInput(f"{name!r} is not a time zone: give a name such as {DEFAULT_ZONE}") from None
