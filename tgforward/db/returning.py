"""SQLite gives back what it wrote: many rows are one statement, and no second one reads them.

MySQL has no RETURNING. The driver of SQLite passes each call to a thread and back, so calls cost more than rows.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import chain
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

AT_ONCE = 500
"""Rows of one statement; SQLite takes 32,766 values."""

Row = Mapping[str, Any]


async def insert_returning(
    connection: AsyncConnection, table: str, rows: Sequence[Row], ending: str, columns: Sequence[str]
) -> list[Sequence[Any]]:
    """Inserts rows, all with the same names, in their order; the `columns` of what is stored now, as SQLite keeps them.

    `ending` says what happens to those that are there already.
    """
    found: list[Sequence[Any]] = []
    for some in _in_parts(rows):
        values = tuple(_stored(value) for value in chain.from_iterable(row.values() for row in some))
        statement = _statement(table, tuple(some[0]), len(some), ending, columns)
        found += (await connection.exec_driver_sql(statement, values)).all()
    return found


def read_moment(stored: str) -> datetime:
    """A moment that SQLite keeps as text in UTC."""
    return datetime.fromisoformat(stored).replace(tzinfo=UTC)


def _in_parts(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    return (rows[start : start + AT_ONCE] for start in range(0, len(rows), AT_ONCE))


def _statement(table: str, names: Sequence[str], rows: int, ending: str, columns: Sequence[str]) -> str:
    row = f"({', '.join('?' * len(names))})"
    values = ", ".join([row] * rows)
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES {values} {ending} RETURNING {', '.join(columns)}"  # noqa: S608 - constants of ours


def _stored(value: Any) -> Any:
    """As SQLAlchemy writes it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
    return value
