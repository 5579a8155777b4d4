"""How Alembic reaches the database: an open connection or an engine in `config.attributes`, else the settings' DB_URL.

The URL never stands in alembic.ini. What `revision --autogenerate` makes is numbered 0001, 0002, …
unless `--rev-id` says otherwise.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from logging.config import fileConfig

from alembic import context
from alembic.operations import MigrationScript
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, DefaultClause
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.sql.functions import now

from tgforward.db.base import Base
from tgforward.db.engine import create_engine, parse_url
from tgforward.db.failures import reachable
from tgforward.db.models import TGForwardConfig
from tgforward.errors import TgforwardError
from tgforward.settings import load_settings

assert TGForwardConfig.metadata is Base.metadata  # importing the models has filled it

config = context.config
if config.config_file_name is not None and config.cmd_opts is not None:
    fileConfig(config.config_file_name, disable_existing_loggers=False)


def number_revision(_context: MigrationContext, _revision: object, directives: list[MigrationScript]) -> None:
    """Gives a new revision the number after the last."""
    if directives and getattr(config.cmd_opts, "rev_id", None) is None:
        known = list(ScriptDirectory.from_config(config).walk_revisions())
        directives[0].rev_id = f"{len(known) + 1:04}"


def is_other_default(
    _context: MigrationContext,
    _inspected: object,
    _column: object,
    found: str | None,
    wanted: object,
    _rendered: str | None,
) -> bool | None:
    """Whether a server default differs; None leaves it to Alembic, which does not know that these two are one."""
    is_now = isinstance(wanted, DefaultClause) and isinstance(wanted.arg, now)
    return False if is_now and found in {"current_timestamp()", "CURRENT_TIMESTAMP"} else None


@contextmanager
def unchecked_references(connection: Connection) -> Iterator[None]:
    """SQLite changes a table by dropping it, which would empty the tables that refer to it."""
    if connection.dialect.name != "sqlite":
        yield
        return
    cursor = connection.connection.cursor()  # the pragma does nothing inside a transaction
    cursor.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()


def migrate(connection: Connection) -> None:
    """Runs what the command asks for over an open connection."""
    is_sqlite = connection.dialect.name == "sqlite"
    with unchecked_references(connection):
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=is_sqlite,
            transactional_ddl=is_sqlite,  # the engine begins transactions itself, so that DDL is part of them
            transaction_per_migration=True,
            compare_type=True,
            compare_server_default=is_other_default,
            process_revision_directives=number_revision,
        )
        with context.begin_transaction():
            context.run_migrations()


async def migrate_over(engine: AsyncEngine) -> None:
    """Runs what the command asks for over a connection of `engine`, which is closed."""
    try:
        async with reachable(engine), engine.connect() as connection:
            await connection.run_sync(migrate)
    finally:
        await engine.dispose()


def migrate_online() -> None:
    """Runs what the command asks for in a real database."""
    given = config.attributes.get("connection")
    if isinstance(given, Connection):
        migrate(given)
    else:
        asyncio.run(migrate_over(given or create_engine(load_settings().database_url)))


def print_sql() -> None:
    """Prints what the command would execute."""
    context.configure(
        url=parse_url(load_settings().database_url),
        target_metadata=Base.metadata,
        literal_binds=True,
        dialect_opts={"paramstyle": "named"},
    )
    with context.begin_transaction():
        context.run_migrations()


try:
    if context.is_offline_mode():
        print_sql()
    else:
        migrate_online()
except TgforwardError as error:
    raise CommandError(str(error)) from error
