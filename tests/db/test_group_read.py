"""What many tasks ask the database at once."""

import asyncio
from typing import Any

from sqlalchemy import event

from tests.db.build import DEST, SOURCE, make_account, make_config, reserve
from tgforward.db.dests import add_dest
from tgforward.db.engine import Engine
from tgforward.db.group_read import GroupReader
from tgforward.db.models import PeerKind
from tgforward.db.peers import KnownPeer, store_peers
from tgforward.db.reservations import NewDelivery
from tgforward.db.session import SessionFactory
from tgforward.db.users import add_user
from tgforward.types import ChatId, ConfigId, MessageId, RandomId

NOBODY = ConfigId(10**6)


class Queries:
    """Counts the statements of an engine."""

    def __init__(self, engine: Engine) -> None:
        self.number = 0
        event.listen(engine.sync_engine, "before_cursor_execute", self._count)

    def _count(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        self.number += statement.startswith("SELECT")


async def test_many_configs_are_a_few_queries(session_factory: SessionFactory, engine: Engine) -> None:
    """Each task gets its own config with its user and further dests, or hears that there is none."""
    async with session_factory.begin() as session:
        await add_user(session, "777")
    ids = [await make_config(session_factory, user_id="777" if number == 3 else None) for number in range(20)]
    async with session_factory.begin() as session:
        await add_dest(session, ids[5], ChatId(-5))
    reader, queries = GroupReader(session_factory), Queries(engine)
    *stored, none = await asyncio.gather(*(reader.config(config_id) for config_id in (*ids, NOBODY)))
    assert queries.number == 3
    assert none is None
    found = [item for item in stored if item is not None]
    assert [item.config.id for item in found] == ids
    assert [item.config.id for item in found if item.user is not None and item.user.id == "777"] == [ids[3]]
    assert {item.config.id: item.dests[0].chat_id for item in found if item.dests} == {ids[5]: -5}


async def test_what_was_begun_is_found_for_each_config(session_factory: SessionFactory, engine: Engine) -> None:
    """One query for all who ask; in the order in which it was reserved."""
    account_id = await make_account(session_factory)
    ids = [await make_config(session_factory, account_id) for _ in range(3)]
    async with session_factory.begin() as session:
        for message in (2, 1):
            for config_id in ids[:2]:
                new = NewDelivery(SOURCE, MessageId(message), 0, RandomId(message), DEST)
                await reserve(session, config_id, account_id, [new])
    reader, queries = GroupReader(session_factory), Queries(engine)
    first, second, third = await asyncio.gather(*map(reader.begun, ids))
    assert queries.number == 1
    assert [[row.source_message_id for row in rows] for rows in (first, second, third)] == [[2, 1], [2, 1], []]
    assert {row.config_id for row in first} == {ids[0]}


async def test_chats_are_found_as_each_account_knows_them(session_factory: SessionFactory, engine: Engine) -> None:
    """One query for all accounts; what an account has not resolved is left out."""
    accounts = [await make_account(session_factory, name) for name in ("a", "b")]
    async with session_factory.begin() as session:
        for number, account_id in enumerate(accounts):
            known = [KnownPeer(SOURCE, number, PeerKind.CHANNEL, None, "source")]
            await store_peers(session, account_id, known)
        await store_peers(session, accounts[1], [KnownPeer(DEST, 7, PeerKind.CHANNEL, None, "dest")])
    reader, queries = GroupReader(session_factory), Queries(engine)
    first, second = await asyncio.gather(*(reader.peers(account_id, [SOURCE, DEST]) for account_id in accounts))
    assert queries.number == 1
    assert {chat: peer.access_hash for chat, peer in first.items()} == {SOURCE: 0}
    assert {chat: peer.access_hash for chat, peer in second.items()} == {SOURCE: 1, DEST: 7}
