"""Brings a database to this version's schema."""

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from tgforward.db.engine import create_engine
from tgforward.db.failures import reachable
from tgforward.db.named_lock import one_at_a_time
from tgforward.db.older_schema import OLDER_REVISION, is_older, own_tables
from tgforward.db.revision import find_revision, head_revision, known_revisions, refuse, scripts_folder


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
        async with reachable(engine), one_at_a_time(engine, "upgrade"), engine.connect() as connection:
            await connection.run_sync(_upgrade)
    finally:
        await engine.dispose()
    return head_revision()


def make_config() -> Config:
    """Alembic's options without a file."""
    config = Config()
    config.set_main_option("script_location", str(scripts_folder()).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _upgrade(connection: Connection) -> None:
    config = make_config()
    config.attributes["connection"] = connection
    revision = find_revision(connection)
    adopt = False
    if revision not in known_revisions():
        adopt = is_older(connection)
        if not adopt and (revision is not None or own_tables(connection)):
            refuse(connection, revision)
    connection.rollback()  # Alembic begins its own transactions
    if adopt:
        command.stamp(config, OLDER_REVISION, purge=True)
    command.upgrade(config, "head")
