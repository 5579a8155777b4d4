"""Brings a database to this version's schema, and says whether it is there."""

from pathlib import Path
from typing import NoReturn

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

import tgforward
from tgforward.db.engine import Engine, create_engine
from tgforward.db.failures import reachable, shown
from tgforward.db.migrate_lock import one_at_a_time
from tgforward.db.older_schema import OLDER_REVISION, is_older, own_tables
from tgforward.errors import DatabaseRevisionWrong


async def upgrade(url: str) -> str:
    """Brings the database to the newest revision, which is returned; safe to be run by many at once.

    A database of the predecessor is recognised and keeps its rows.

    Raises:
        InvalidSettings: the URL is wrong.
        DatabaseUnreachable: no connection.
        DatabaseRevisionWrong: it was made by a newer version, or its tables are somebody else's.
    """
    engine = create_engine(url)
    try:
        async with reachable(engine), one_at_a_time(engine), engine.connect() as connection:
            await connection.run_sync(_upgrade)
    finally:
        await engine.dispose()
    return head_revision()


async def check_revision(engine: Engine) -> None:
    """Returns if the database is at the newest revision.

    Raises:
        DatabaseUnreachable: no connection.
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
        return await connection.run_sync(_find_revision)


def head_revision() -> str:
    """The newest revision that this version knows."""
    revision = _scripts().get_current_head()
    assert revision is not None  # there is one head, a test sees to it
    return revision


def make_config() -> Config:
    """Alembic's options without a file: the revisions of an installed wheel, else those of the checkout."""
    package = Path(tgforward.__file__).parent
    installed = package / "_migrations"
    folder = installed if installed.is_dir() else package.parent / "alembic"
    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _upgrade(connection: Connection) -> None:
    config = make_config()
    config.attributes["connection"] = connection
    revision = _find_revision(connection)
    adopt = False
    if not _is_known(revision):
        adopt = is_older(connection)
        if not adopt and (revision is not None or own_tables(connection)):
            _refuse(connection, revision)
    connection.rollback()  # Alembic begins its own transactions
    if adopt:
        command.stamp(config, OLDER_REVISION, purge=True)
    command.upgrade(config, "head")


def _check(connection: Connection) -> None:
    revision = _find_revision(connection)
    if revision == head_revision():
        return
    if revision is not None and not _is_known(revision) and not is_older(connection):
        _refuse(connection, revision)
    raise DatabaseRevisionWrong(
        f"The database at {shown(connection.engine.url)} is at revision {revision or 'none'}, but this version of "
        f"tgforward needs {head_revision()}: run `tgforward db upgrade`."
    )


def _refuse(connection: Connection, revision: str | None) -> NoReturn:
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


def _find_revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _is_known(revision: str | None) -> bool:
    return revision in {script.revision for script in _scripts().walk_revisions()}


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(make_config())
