"""What drivers say when the database is away or busy, in our words."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import URL, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from tgforward.db.engine import Engine
from tgforward.errors import DatabaseUnreachable

_RETRIED = frozenset(
    {
        1205,  # lock wait timeout
        1213,  # deadlock
        2006,  # server has gone away
        2013,  # connection lost during a query
    }
)
_AWAY = _RETRIED | {
    1040,  # too many connections
    1044,  # no right to use the database
    1045,  # wrong user or password
    1049,  # unknown database
    1053,  # server is shutting down
    1290,  # server is read-only
    1698,  # wrong user or password (MariaDB's socket log-in)
    1792,  # transaction is read-only
    1836,  # server is read-only
    1927,  # connection was killed
    2002,  # no socket
    2003,  # connection refused
    2005,  # unknown host
    2055,  # connection lost
    4031,  # server closed an idle connection
}
_SQLITE_AWAY = ("unable to open database file", "not a database", "readonly database", "disk i/o error", "is full")


def is_transient(error: BaseException) -> bool:
    """Whether the whole transaction may succeed when it is run again."""
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or _code(error) in _RETRIED or "is locked" in str(error.orig)
    return isinstance(error, ConnectionError)


@asynccontextmanager
async def reachable(engine: Engine) -> AsyncIterator[None]:
    """Translates a driver's errors about the connection; what is wrong with a statement passes unchanged.

    Raises:
        DatabaseUnreachable: no server, no such database, log-in refused, connection lost, or too busy.
    """
    try:
        yield
    except (DBAPIError, PoolTimeout, ConnectionError) as error:
        if not _is_away(error):
            raise
        raise DatabaseUnreachable(_sentence(engine.url, error)) from error


async def ping(engine: Engine) -> None:
    """Asks the database for a sign of life.

    Raises:
        DatabaseUnreachable: there is none.
    """
    async with reachable(engine), engine.connect() as connection:
        await connection.execution_options(is_reader=True)
        await connection.execute(text("SELECT 1"))


def shown(url: URL) -> str:
    """`url` for people, without its password."""
    return url.set(query={}).render_as_string(hide_password=True)


def _is_away(error: Exception) -> bool:
    if not isinstance(error, DBAPIError):
        return True
    if isinstance(error, IntegrityError):
        return False
    said = str(error.orig).lower()
    return is_transient(error) or _code(error) in _AWAY or any(phrase in said for phrase in _SQLITE_AWAY)


def _is_busy(error: Exception) -> bool:
    if not isinstance(error, DBAPIError):
        return isinstance(error, PoolTimeout)
    return _code(error) in {1205, 1213} or "is locked" in str(error.orig)


def _code(error: DBAPIError) -> int | None:
    """The server's or client library's number of a MySQL error."""
    arguments = getattr(error.orig, "args", ())
    return arguments[0] if arguments and isinstance(arguments[0], int) else None


def _sentence(url: URL, error: Exception) -> str:
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    reason = str(cause.args[-1] if cause.args else cause).strip().rstrip(".")
    advice = "try again later" if _is_busy(error) else "start it, or correct DB_URL"
    return f"The database at {shown(url)} cannot be used ({reason}): {advice}."
