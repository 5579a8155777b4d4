"""Engines and the words for databases that cannot be used."""

import asyncio
import socket
import threading
from pathlib import Path

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError

from tests.fixtures.database import SERVER, opened
from tgforward.db.engine import Engine, create_engine
from tgforward.db.failures import is_transient, ping
from tgforward.db.session import SessionFactory, reading
from tgforward.errors import DatabaseUnreachable, InvalidSettings


@pytest.mark.parametrize(
    "url",
    [
        "not a url",
        "mysql://root:hunter2@localhost/tgforward",
        "sqlite:///tgforward.db",
        "postgresql+asyncpg://root:hunter2@localhost/tgforward",
        "mysql+asyncmy://root:hunter2@localhost:port/tgforward",
        "mysql+asyncmy://root:hunter2@localhost:3306",
        "sqlite+aiosqlite://",
    ],
)
def test_a_wrong_url_is_one_sentence_with_an_example_and_no_password(url: str) -> None:
    """The sentence names DB_URL and a right one, and nothing secret."""
    with pytest.raises(InvalidSettings, match=r"DB_URL .*for example DB_URL=mysql\+asyncmy://") as caught:
        create_engine(url)
    assert "hunter2" not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("driver", ["mysql+asyncmy", "mysql+aiomysql"])
async def test_a_server_that_is_away_is_one_sentence(driver: str) -> None:
    """A closed port is reported with the database's address and without its password."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        async with opened(f"{driver}://root:hunter2@127.0.0.1:{closed.getsockname()[1]}/tgforward") as engine:
            with pytest.raises(DatabaseUnreachable, match=r"127\.0\.0\.1.*DB_URL") as caught:
                await ping(engine)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("driver", ["mysql+asyncmy", "mysql+aiomysql"])
@pytest.mark.parametrize("change", [{"username": "nobody_here", "password": "hunter2"}, {"database": "no_such_db"}])
async def test_a_refused_login_or_unknown_database_is_one_sentence(
    mariadb_server: None, driver: str, change: dict[str, str]
) -> None:
    """The server's reason is part of the sentence."""
    url = SERVER.set(drivername=driver, database="mysql").set(**change)  # type: ignore[arg-type]  # two of its options
    async with opened(url.render_as_string(hide_password=False)) as engine:
        with pytest.raises(DatabaseUnreachable, match=r"(Access denied|Unknown database).*DB_URL") as caught:
            await ping(engine)
    assert "hunter2" not in str(caught.value)


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    """A file stands where the folder of the database should be."""
    (tmp_path / "file").touch()
    with pytest.raises(DatabaseUnreachable, match="cannot be created"):
        create_engine(f"sqlite+aiosqlite:///{tmp_path}/file/folder/a.db")


async def test_a_file_that_is_no_database_is_one_sentence(tmp_path: Path) -> None:
    """Somebody pointed DB_URL at something else."""
    (tmp_path / "a.db").write_text("this is a shopping list and nothing else" * 100)
    async with opened(f"sqlite+aiosqlite:///{tmp_path}/a.db") as engine:
        with pytest.raises(DatabaseUnreachable, match="not a database"):
            await ping(engine)


async def test_the_folder_of_a_sqlite_file_is_created(tmp_path: Path) -> None:
    """A fresh machine needs no preparation."""
    async with opened(f"sqlite+aiosqlite:///{tmp_path}/new/folder/a.db") as engine:
        await ping(engine)
    assert (tmp_path / "new/folder/a.db").exists()


async def test_sqlite_connections_are_set_up(sqlite_engine: Engine) -> None:
    """Write-ahead log, references that are checked, and patience."""
    async with sqlite_engine.connect() as connection:
        found = [await connection.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "foreign_keys")]
        assert found == ["wal", 1]
        assert await connection.scalar(text("PRAGMA busy_timeout")) == 10_000


@pytest.mark.parametrize("driver", ["mysql+asyncmy", "mysql+aiomysql"])
async def test_server_connections_are_set_up(mariadb_url: str, driver: str) -> None:
    """READ COMMITTED, UTC, four-byte characters, and values that do not fit are errors."""
    url = make_url(mariadb_url).set(drivername=driver).render_as_string(hide_password=False)
    async with opened(url) as engine, engine.connect() as connection:
        row = (await connection.execute(text("SELECT @@tx_isolation, @@time_zone, @@character_set_client"))).one()
        assert tuple(row) == ("READ-COMMITTED", "+00:00", "utf8mb4")
        assert "STRICT_TRANS_TABLES" in str(await connection.scalar(text("SELECT @@sql_mode")))
        assert await connection.scalar(text("SELECT '😀中'")) == "😀中"


async def test_a_stopped_process_does_not_keep_its_locks(mariadb_session_factory: SessionFactory) -> None:
    """A transaction in which nothing happens for three seconds is ended by the server, and others get its rows."""
    async with mariadb_session_factory.begin() as session:
        await session.execute(text("INSERT INTO user (id) VALUES ('1')"))
    async with mariadb_session_factory() as stopped:
        await stopped.execute(text("UPDATE user SET reg_at = '2001-01-01'"))
        async with asyncio.timeout(8), mariadb_session_factory.begin() as session:
            await session.execute(text("UPDATE user SET reg_at = '2002-02-02'"))
        with pytest.raises(DBAPIError) as caught:
            await stopped.execute(text("UPDATE user SET reg_at = '2001-01-01'"))
    assert is_transient(caught.value)


async def test_a_sqlite_reader_does_not_wait_for_a_writer(sqlite_session_factory: SessionFactory) -> None:
    """A reading session works while another transaction holds the write lock."""
    async with sqlite_session_factory.begin() as writer:
        await writer.execute(text("INSERT INTO user (id) VALUES ('1')"))
        async with reading(sqlite_session_factory) as reader:
            assert await reader.scalar(text("SELECT count(*) FROM user")) == 0


async def test_a_disposed_engine_leaves_no_thread(sqlite_url: str) -> None:
    """A connection to SQLite has a thread, which ends with it."""
    before = set(threading.enumerate())
    async with opened(sqlite_url) as engine:
        await ping(engine)
        own = set(threading.enumerate()) - before
        assert len(own) == 1
    for thread in own:
        thread.join(timeout=10)
        assert not thread.is_alive()
