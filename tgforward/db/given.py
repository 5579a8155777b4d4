"""Statements over many rows with values of their own, which travel as one JSON document in one parameter.

The text of such a statement is the same for one row and for five hundred, so nothing is compiled anew, and the server
gets one statement for all of them.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import CursorResult, text
from sqlalchemy.orm import InstrumentedAttribute

from tgforward.db.clock import utc_now
from tgforward.db.session import Session

Given = Mapping[str, str]
"""The names of the values in a row, in their order, and their SQL types."""
Rows = Sequence[Sequence[int | None]]


async def update_given(session: Session, table: str, given: Given, rows: Rows, *, change: str, where: str) -> int:
    """Changes `table` for each of `rows`; how many of its rows matched.

    `change` and `where` are SQL that both databases read: `given.NAME` is a value of the row, `NOW` the time. Columns
    that are changed must be named like no given value.
    """
    connection = await session.connection()
    dialect = connection.dialect
    change = change.replace("NOW", str(utc_now().compile(dialect=dialect)))
    if dialect.name == "sqlite":
        statement = f"UPDATE {table} SET {change} FROM {_rows(dialect.name, given)} WHERE {where}"  # noqa: S608 - constants of ours
    else:
        # The rows come first: a plan that begins with the table locks what others are about to change.
        statement = f"UPDATE {_rows(dialect.name, given)} STRAIGHT_JOIN {table} SET {change} WHERE {where}"  # noqa: S608 - as above
    result = await connection.execute(text(statement), {"given": json.dumps(rows)})
    return cast("CursorResult[Any]", result).rowcount


async def select_given(
    session: Session,
    columns: Sequence[InstrumentedAttribute[Any]],
    table: str,
    given: Given,
    rows: Rows,
    *,
    where: str,
) -> Sequence[Any]:
    """The `columns` of those rows of `table` that match one of `rows`, in any order."""
    connection = await session.connection()
    dialect = connection.dialect.name
    names = ", ".join(f"{table}.{column.key}" for column in columns)
    join = "CROSS JOIN" if dialect == "sqlite" else "STRAIGHT_JOIN"
    statement = f"SELECT {names} FROM {_rows(dialect, given)} {join} {table} WHERE {where}"  # noqa: S608 - constants of ours
    typed = text(statement).columns(*columns)
    return (await connection.execute(typed, {"given": json.dumps(rows)})).all()


def _rows(dialect: str, given: Given) -> str:
    """The document as a table named `given`."""
    names = enumerate(given)
    if dialect == "sqlite":
        values = ", ".join(f"json_extract(value, '$[{number}]') AS {name}" for number, name in names)
        return f"(SELECT {values} FROM json_each(:given)) AS given"  # noqa: S608 - constants of ours
    values = ", ".join(f"{name} {given[name]} PATH '$[{number}]'" for number, name in names)
    return f"JSON_TABLE(:given, '$[*]' COLUMNS ({values})) AS given"
