"""Which revision a database is at and which one this version needs; without Alembic, whose import takes 100 ms."""

from pathlib import Path
from typing import NoReturn

from sqlalchemy import Connection, column, inspect, select, table

import tgforward
from tgforward.db.engine import Engine
from tgforward.db.failures import reachable, shown
from tgforward.db.older_schema import is_older, own_tables
from tgforward.db.version import check_version
from tgforward.errors import DatabaseRevisionWrong

_VERSION = table("alembic_version", column("version_num"))


async def check_revision(engine: Engine) -> None:
    """Returns if the database is new enough and at the newest revision.

    Raises:
        DatabaseUnreachable: no connection.
        DatabaseTooOld: the server does not understand our statements.
        DatabaseRevisionWrong: behind or ahead; the sentence says which command mends it.
    """
    async with reachable(engine), engine.connect() as connection:
        await connection.execution_options(is_reader=True)
        await connection.run_sync(_check)


async def current_revision(engine: Engine) -> str | None:
    """The revision that the database is at; None if it has none.

    Raises:
        DatabaseUnreachable: no connection.
    """
    async with reachable(engine), engine.connect() as connection:
        await connection.execution_options(is_reader=True)
        return await connection.run_sync(find_revision)


def head_revision() -> str:
    """The newest revision that this version knows."""
    return max(known_revisions())


def known_revisions() -> frozenset[str]:
    """Every revision that this version knows; each file of a revision begins with its number."""
    return frozenset(path.name.partition("_")[0] for path in (scripts_folder() / "versions").glob("[0-9]*.py"))


def scripts_folder() -> Path:
    """Where the revisions are: those of an installed wheel, else those of the checkout."""
    package = Path(tgforward.__file__).parent
    installed = package / "_migrations"
    return installed if installed.is_dir() else package.parent / "alembic"


def find_revision(connection: Connection) -> str | None:
    """The revision that the database is at; None if it has none."""
    if not inspect(connection).has_table(_VERSION.name):
        return None
    return connection.execute(select(_VERSION.c.version_num)).scalar_one_or_none()


def refuse(connection: Connection, revision: str | None) -> NoReturn:
    """Ends with the sentence about a database that no upgrade can mend.

    Raises:
        DatabaseRevisionWrong: always.
    """
    database = shown(connection.engine.url)
    if revision is None:
        tables = ", ".join(sorted(own_tables(connection)))
        raise DatabaseRevisionWrong(
            f"The database at {database} has tables that tgforward did not make ({tables}): "
            "let DB_URL name an empty database."
        )
    raise DatabaseRevisionWrong(
        f"The database at {database} is at revision {revision}, made by a newer tgforward: "
        "install that version, or restore a backup."
    )


def _check(connection: Connection) -> None:
    check_version(connection)
    revision = find_revision(connection)
    head = head_revision()
    if revision == head:
        return
    if revision is not None and revision not in known_revisions() and not is_older(connection):
        refuse(connection, revision)
    raise DatabaseRevisionWrong(
        f"The database at {shown(connection.engine.url)} is at revision {revision or 'none'}, but this version of "
        f"tgforward needs {head}: run `tgforward db upgrade`."
    )
