"""How many statements something takes."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from tgforward.db.session import SessionFactory


@contextmanager
def counted(factory: SessionFactory) -> Iterator[list[str]]:
    """The statements that are executed meanwhile; what only opens a transaction is none."""
    engine, statements = factory.kw["bind"].sync_engine, list[str]()

    def note(*words: object) -> None:
        if not str(words[2]).startswith("BEGIN"):
            statements.append(str(words[2]))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)
