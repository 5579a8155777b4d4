"""Lists a page at a time, and where the next one begins."""

import re
from collections.abc import Sequence
from typing import Annotated, Generic, TypeVar

from fastapi import Path, Query
from pydantic import AwareDatetime, BaseModel, BeforeValidator, Field

from tgforward.services.cursors import pack_cursor, unpack_cursor

T = TypeVar("T")

Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
Limit = Annotated[int, Query(ge=1, le=200, description="How many at most.")]
Cursor = Annotated[str | None, Query(max_length=1000, description="The `next_cursor` of the page before this one.")]


def _written_out(value: object) -> object:
    """Numbers are no moments here, and none is where the databases have no year for it."""
    if not isinstance(value, str) or not re.match(r"(19[7-9]\d|[2-8]\d{3})-\d\d-\d\d[Tt ]", value):
        raise ValueError("give a moment with its offset, such as 2030-01-31T12:00:00Z, of a year from 1970 to 8999")
    return value


Moment = Annotated[AwareDatetime, BeforeValidator(_written_out)]


class Page(BaseModel, Generic[T]):
    """Some of a list."""

    items: list[T]
    next_cursor: str | None = Field(description="Where the next page begins; null: this is the last one.")


def position(kind: str, cursor: str | None) -> int | None:
    """The number of the last item of the page before.

    Raises:
        InvalidInput: the cursor is of another list.
    """
    return None if cursor is None else int(unpack_cursor(cursor, (type(kind), int))[1])


def next_after(kind: str, numbers: Sequence[int], limit: int) -> str | None:
    """The cursor behind the last of `limit` items, if one more was found."""
    return pack_cursor(kind, numbers[limit - 1]) if len(numbers) > limit else None
