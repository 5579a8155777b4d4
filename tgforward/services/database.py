"""The schema of this installation: a private SQLite file is made by itself, everything else by `db upgrade`."""

from tgforward.db.migrate import upgrade
from tgforward.settings import Settings


async def prepare_database(settings: Settings) -> None:
    """Make the private database of a new installation; a database that somebody configured is never touched.

    Raises:
        DatabaseError: it cannot be made.
    """
    if settings.db_url is None and not (settings.data_dir / "tgforward.db").exists():
        await upgrade(settings.database_url)
