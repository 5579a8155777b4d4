"""`upgrade` as replicas run it."""

from alembic import command
from sqlalchemy import text

from tests.fixtures.database import opened
from tests.migrations.commands import alembic_here, run_at_once
from tests.migrations.older import CONFIGS, USERS, make_older, read_older
from tgforward.db.engine import Engine
from tgforward.db.migrate import upgrade
from tgforward.db.revision import check_revision, current_revision, head_revision

REPLICAS = 10
PROGRAM = "import asyncio, sys; from tgforward.db.migrate import upgrade; print(asyncio.run(upgrade(sys.argv[1])))"


async def test_ten_replicas_may_upgrade_at_once(empty_db_url: str) -> None:
    """All end well, and the predecessor's rows are there once."""
    await make_older(empty_db_url)
    said = run_at_once(REPLICAS, "-c", PROGRAM, empty_db_url)
    assert [lines.split()[-1] for lines in said] == [head_revision()] * REPLICAS
    assert await read_older(empty_db_url) == (USERS, CONFIGS)


async def test_upgrading_again_changes_nothing(engine: Engine, db_url: str) -> None:
    """A replica that comes late finds nothing to do."""
    async with engine.begin() as connection:
        await connection.execute(text("INSERT INTO user (id) VALUES ('1')"))
    assert await upgrade(db_url) == await current_revision(engine) == head_revision()
    await check_revision(engine)
    async with engine.connect() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM user")) == 1


async def test_rows_that_refer_to_a_rewritten_table_survive(empty_sqlite_url: str) -> None:
    """SQLite rewrites `forward_config` by dropping it, which must not empty the ledger."""
    await upgrade(empty_sqlite_url)
    config = "(id, source, dest, forward_history_count, interval_second) VALUES (1, 1, 2, 0, 20)"
    delivery = (
        "(config_id, source_chat_id, source_message_id, part, random_id, state, dest_chat_id) "
        "VALUES (1, 1, 1, 0, 5, 'sent', 2)"
    )
    async with opened(empty_sqlite_url) as engine:
        async with engine.begin() as connection:
            await connection.execute(text(f"INSERT INTO forward_config {config}"))
            await connection.execute(text(f"INSERT INTO delivery {delivery}"))
        await alembic_here(empty_sqlite_url, command.downgrade, "0003")
        await upgrade(empty_sqlite_url)
        async with engine.connect() as connection:
            assert await connection.scalar(text("SELECT count(*) FROM delivery")) == 1
