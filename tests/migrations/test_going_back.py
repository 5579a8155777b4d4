"""Down from 0006, whose rules, topics and further dests the older schema cannot hold."""

import pytest
from alembic import command
from alembic.util import CommandError
from sqlalchemy import text

from tests.db.build import make_account, make_config, reserve
from tests.fixtures.database import opened
from tests.migrations.commands import alembic_here
from tgforward.db.configs import remove_config
from tgforward.db.deliveries import list_deliveries, mark_withdrawn, settle
from tgforward.db.dests import add_dest, remove_dest
from tgforward.db.migrate import upgrade
from tgforward.db.models import DeliveryState
from tgforward.db.reservations import NewDelivery
from tgforward.db.revision import current_revision
from tgforward.db.session import session_factory
from tgforward.types import ChatId, MessageId, RandomId

CHANGES = {
    "rules": """UPDATE forward_config SET rules = '{"send": {"silent": true}}' WHERE id = 2""",
    "topic of the source": "UPDATE forward_config SET source_topic_id = 7 WHERE id = 2",
    "topic of the dest": "UPDATE forward_config SET dest_topic_id = 7 WHERE id = 2",
    "dest": "INSERT INTO forward_dest (config_id, number, chat_id, state) VALUES (2, 1, 7, 'parked')",
}


@pytest.mark.parametrize("change", CHANGES)
async def test_what_the_older_schema_cannot_hold_stops_it(empty_db_url: str, change: str) -> None:
    """It goes down no further, and the sentence names the config."""
    await upgrade(empty_db_url)
    async with opened(empty_db_url) as engine:
        for _ in range(2):
            await make_config(session_factory(engine))
        async with engine.begin() as connection:
            await connection.execute(text("UPDATE forward_config SET rules = '{}' WHERE id = 1"))
            await connection.execute(text(CHANGES[change]))
        with pytest.raises(CommandError, match="Configs 2 have rules, topics or further dests that the older schema"):
            await alembic_here(empty_db_url, command.downgrade, "0005")
        assert await current_revision(engine) == "0006"


async def test_the_ledger_goes_back_and_forth(empty_db_url: str) -> None:
    """No row is lost; what was withdrawn is sent again in the older words, so that it stays where it is."""
    await upgrade(empty_db_url)
    async with opened(empty_db_url) as engine:
        factory = session_factory(engine)
        account_id = await make_account(factory)
        config_id = await make_config(factory, account_id)
        new = [NewDelivery(ChatId(1), MessageId(n), 1000 * n, RandomId(n), ChatId(2), None, n) for n in (1, 2, 3)]
        async with factory.begin() as session:
            dest = await add_dest(session, config_id, ChatId(3))
            await remove_dest(session, config_id, dest.number)
            ids = [row.id for row in (await reserve(session, config_id, account_id, new)).values()]
            await settle(session, {ids[0]: MessageId(501), ids[1]: None})
            await mark_withdrawn(session, ids[:1])
    await alembic_here(empty_db_url, command.downgrade, "0005")
    await upgrade(empty_db_url)
    async with opened(empty_db_url) as engine, session_factory(engine)() as session:
        sent = await list_deliveries(session, DeliveryState.SENT)
        assert [(row.source_message_id, row.part, row.dest_message_id) for row in sent] == [
            (1, 1000, 501),
            (2, 2000, None),
        ]
        assert [row.id for row in await list_deliveries(session, DeliveryState.RESERVED)] == ids[2:]


async def test_ids_of_removed_configs_do_not_come_back(empty_db_url: str) -> None:
    """SQLite would forget them if the table were rewritten."""
    await upgrade(empty_db_url)
    async with opened(empty_db_url) as engine:
        factory = session_factory(engine)
        first = await make_config(factory)
        async with factory.begin() as session:
            await remove_config(session, first)
    await alembic_here(empty_db_url, command.downgrade, "0005")
    await upgrade(empty_db_url)
    async with opened(empty_db_url) as engine:
        assert await make_config(session_factory(engine)) > first
