"""The single values that a rule set is written with, as people and YAML spell them."""

import re
from collections.abc import Callable
from datetime import time
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer

from tgforward.errors import InvalidInput
from tgforward.forwarding.patterns import LONGEST_REGEX, Pattern, Regex

LONGEST_TEXT = 2000  # characters, as of a column of rules

_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}  # as Telegram's apps count
_SIZE = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,3})?)\s*([KMG]?)B?", re.IGNORECASE)
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")


def check(action: Callable[[], object]) -> None:
    """Do it, and let pydantic say at which place it failed."""
    try:
        action()
    except InvalidInput as error:
        raise ValueError(str(error)) from error


def _check_regex(text: str) -> str:
    check(lambda: Regex(Pattern(text, is_regex=True)))
    return text


def _parse_size(value: object) -> object:
    if not isinstance(value, str):
        return value
    found = _SIZE.fullmatch(value.strip())
    if found is None:
        raise ValueError(f"{value!r} is no size: give bytes, or a number with KB, MB or GB such as 10 MB")
    return int(float(found[1]) * _UNITS[found[2].upper()])


def _parse_time(value: object) -> object:
    if isinstance(value, time):
        return value
    found = _TIME.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError(f'{value!r} is no time of the day: give one such as "08:00", in quotes')
    return time(int(found[1]), int(found[2]))


def _format_time(value: time) -> str:
    return f"{value:%H:%M}"


Word = Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT, coerce_numbers_to_str=True)]
"""Literal text; YAML reads 2025 as a number, which is a word too."""

RegexText = Annotated[str, Field(min_length=1, max_length=LONGEST_REGEX), AfterValidator(_check_regex)]
"""A regular expression of RE2."""

ReplacementText = Annotated[str, Field(max_length=LONGEST_TEXT, coerce_numbers_to_str=True)]
"""What stands where something else stood; it may be empty."""

ChatName = Annotated[int, Field(strict=True)] | Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]
"""A marked id, `@username`, or a name or title."""

Bytes = Annotated[int, Field(ge=0), BeforeValidator(_parse_size)]
"""A size in bytes, also written as `10 MB`."""

ClockTime = Annotated[time, BeforeValidator(_parse_time), PlainSerializer(_format_time, return_type=str)]
"""A time of the day, `HH:MM`."""
