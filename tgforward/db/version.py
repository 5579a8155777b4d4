"""Which versions of databases understand our statements."""

from collections.abc import Sequence

from sqlalchemy import Connection

from tgforward.db.failures import shown
from tgforward.errors import DatabaseTooOld

NEEDED = {
    "MySQL": (8, 0, 4),  # JSON_TABLE
    "MariaDB": (10, 6),  # JSON_TABLE
    "SQLite": (3, 33),  # UPDATE ... FROM
}


def check_version(connection: Connection) -> None:
    """Returns if the database is new enough.

    Raises:
        DatabaseTooOld: it is not.
    """
    dialect = connection.dialect
    found = dialect.server_version_info
    assert found is not None, "it is asked for at the first connection"
    compare(_kind_of(connection), found, shown(connection.engine.url))


def compare(kind: str, found: Sequence[int | str], place: str) -> None:
    """Returns if this version of a kind of database is new enough.

    Raises:
        DatabaseTooOld: it is not.
    """
    numbers = tuple(part for part in found if isinstance(part, int))
    if numbers < NEEDED[kind]:
        raise DatabaseTooOld(
            f"The database at {place} is {kind} {_dotted(numbers)}: {_dotted(NEEDED[kind])} or newer is needed."
        )


def _kind_of(connection: Connection) -> str:
    if connection.dialect.name == "sqlite":
        return "SQLite"
    return "MariaDB" if getattr(connection.dialect, "is_mariadb", False) else "MySQL"


def _dotted(numbers: Sequence[int]) -> str:
    return ".".join(map(str, numbers))
