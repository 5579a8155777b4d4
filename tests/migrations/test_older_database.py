"""What users of the predecessor bring along."""

import pytest
from alembic import command
from alembic.util import CommandError
from sqlalchemy import text

from tests.fixtures.database import opened
from tests.migrations.commands import alembic, alembic_here
from tests.migrations.older import CONFIGS, USERS, make_older, read_older
from tgforward.db.configs import list_configs
from tgforward.db.migrate import upgrade
from tgforward.db.models import ConfigState
from tgforward.db.revision import check_revision, current_revision, head_revision
from tgforward.db.session import session_factory
from tgforward.errors import DatabaseRevisionWrong

BIG = -1009876543210


async def test_an_older_database_is_recognised_and_keeps_every_value(empty_db_url: str) -> None:
    """`upgrade` needs no stamp, and no number, word or time changes on the way."""
    await make_older(empty_db_url)
    assert await upgrade(empty_db_url) == head_revision()
    assert await read_older(empty_db_url) == (USERS, CONFIGS)
    await alembic_here(empty_db_url, command.check)


async def test_an_older_database_is_stamped_and_upgraded_by_hand(empty_db_url: str) -> None:
    """The way that users of Alembic know works as well."""
    await make_older(empty_db_url)
    await alembic_here(empty_db_url, command.stamp, "0001")
    await alembic_here(empty_db_url, command.upgrade, "head")
    assert await read_older(empty_db_url) == (USERS, CONFIGS)


async def test_the_predecessors_own_revision_does_not_hinder(empty_db_url: str) -> None:
    """A revision that only the predecessor knows is replaced if the tables are its."""
    await make_older(empty_db_url)
    async with opened(empty_db_url) as engine, engine.begin() as connection:
        await connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        await connection.execute(text("INSERT INTO alembic_version VALUES ('8fa1c0ffee42')"))
    assert await upgrade(empty_db_url) == head_revision()
    assert await read_older(empty_db_url) == (USERS, CONFIGS)


async def test_upgraded_configs_are_new_to_the_forwarder(empty_db_url: str) -> None:
    """They are active, at version 1, without an account, and their history is not fixed."""
    await make_older(empty_db_url)
    await upgrade(empty_db_url)
    async with opened(empty_db_url) as engine, session_factory(engine)() as session:
        for config in await list_configs(session):
            assert (config.state, config.version, config.epoch) == (ConfigState.ACTIVE, 1, 0)
            assert (config.account_id, config.live_cursor, config.history_cursor) == (None, None, None)
            assert (config.history_forwarded, config.live_forwarded, config.time_zone) == (0, 0, "Asia/Shanghai")


async def test_an_upgraded_database_takes_big_ids_and_long_words(empty_db_url: str) -> None:
    """The faults of the older schema are mended, and ids go on counting."""
    await make_older(empty_db_url)
    await upgrade(empty_db_url)
    async with opened(empty_db_url) as engine, engine.begin() as connection:
        await connection.execute(
            text(
                "INSERT INTO forward_config (source, dest, forward_history_count, interval_second, skip_word) "
                f"VALUES ({BIG}, {BIG}, 0, 20, '{'长' * 2000}')"
            )
        )
        row = (
            await connection.execute(text(f"SELECT id, dest, skip_word FROM forward_config WHERE source = {BIG}"))
        ).one()
    assert tuple(row) == (8, BIG, "长" * 2000)


async def test_going_back_keeps_every_value(empty_db_url: str) -> None:
    """Down to the older schema the older columns are as before."""
    await make_older(empty_db_url)
    await upgrade(empty_db_url)
    await alembic_here(empty_db_url, command.downgrade, "0001")
    assert await read_older(empty_db_url) == (USERS, CONFIGS)


@pytest.mark.parametrize("change", [f"source = {BIG}", f"add_text = '{'长' * 101}'"])
async def test_going_back_refuses_to_lose_values(empty_db_url: str, change: str) -> None:
    """A value that the older columns cannot hold stops the downgrade before the configs are changed."""
    await make_older(empty_db_url)
    await upgrade(empty_db_url)
    async with opened(empty_db_url) as engine:
        async with engine.begin() as connection:
            await connection.execute(text(f"UPDATE forward_config SET {change} WHERE id = 7"))
        with pytest.raises(CommandError, match="Configs 7 have chat ids or texts that the older schema cannot hold"):
            await alembic_here(empty_db_url, command.downgrade, "base")
        assert await current_revision(engine) == "0004"  # what came later lost nothing


async def test_local_times_of_a_sqlite_program_become_utc(empty_sqlite_url: str) -> None:
    """`auth_time` was written in the machine's zone, the other times by SQLite in UTC."""
    await make_older(empty_sqlite_url)
    alembic(empty_sqlite_url, "stamp", "0001")
    alembic(empty_sqlite_url, "upgrade", "head")  # in Shanghai
    users, configs = await read_older(empty_sqlite_url)
    assert users[0] == ("6001", "2024-02-29 23:59:58", "2024-03-07 15:59:58")
    assert configs == CONFIGS


async def test_somebody_elses_tables_are_left_alone(empty_db_url: str) -> None:
    """A table `user` with other columns is no reason to touch it."""
    async with opened(empty_db_url) as engine:
        async with engine.begin() as connection:
            await connection.execute(text("CREATE TABLE user (id INTEGER PRIMARY KEY, email VARCHAR(9))"))
        with pytest.raises(DatabaseRevisionWrong, match=r"tables that tgforward did not make \(user\).*DB_URL"):
            await upgrade(empty_db_url)


async def test_a_database_that_is_behind_says_what_to_do(empty_db_url: str) -> None:
    """Empty, older or half-way: the sentence names the command."""
    async with opened(empty_db_url) as engine:
        with pytest.raises(DatabaseRevisionWrong, match=r"revision none.*run `tgforward db upgrade`"):
            await check_revision(engine)
        await make_older(empty_db_url)
        with pytest.raises(DatabaseRevisionWrong, match=r"revision none.*run `tgforward db upgrade`"):
            await check_revision(engine)
        await alembic_here(empty_db_url, command.stamp, "0001")
        with pytest.raises(DatabaseRevisionWrong, match=r"revision 0001.*run `tgforward db upgrade`"):
            await check_revision(engine)


async def test_a_database_of_a_newer_version_is_left_alone(db_url: str) -> None:
    """An unknown revision is neither used nor upgraded, and the sentence says what helps."""
    async with opened(db_url) as engine:
        await check_revision(engine)
        async with engine.begin() as connection:
            await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        try:
            for attempt in (check_revision(engine), upgrade(db_url)):
                with pytest.raises(
                    DatabaseRevisionWrong, match="9999, made by a newer tgforward: install that version"
                ):
                    await attempt
        finally:
            async with engine.begin() as connection:
                await connection.execute(text(f"UPDATE alembic_version SET version_num = '{head_revision()}'"))
