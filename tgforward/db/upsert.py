"""INSERT that updates what is there already, in both languages."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import UpdateBase
from sqlalchemy.dialects import mysql, sqlite

from tgforward.db.base import Base
from tgforward.db.session import Session


def upsert(
    session: Session,
    model: type[Base],
    rows: Sequence[Mapping[str, Any]],
    *,
    key: Sequence[str],
    changes: Callable[[Any], dict[str, Any]],
) -> UpdateBase:
    """One statement for all `rows`; `changes` makes the new values of a row that exists from the proposed ones."""
    if session.get_bind().dialect.name == "sqlite":
        into = sqlite.insert(model).values(list(rows))
        return into.on_conflict_do_update(index_elements=key, set_=changes(into.excluded))
    added = mysql.insert(model).values(list(rows))
    return added.on_duplicate_key_update(changes(added.inserted))
