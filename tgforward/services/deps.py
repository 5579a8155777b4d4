"""What a use case needs from the world, composed once per process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from tgforward.clock import Clock, SystemClock
from tgforward.db.engine import create_engine
from tgforward.db.migrate import check_revision
from tgforward.db.session import SessionFactory, session_factory
from tgforward.queue.connect import Redis, connect
from tgforward.services.redis_url import redis_url
from tgforward.services.vault import Vault, open_vault
from tgforward.settings import Settings, require_api
from tgforward.telegram.connection import Connection, Guard
from tgforward.telegram.server import TelegramServer, from_settings


@dataclass(frozen=True, slots=True)
class Deps:
    """Database, Redis, Telegram's address, the vault and the clock."""

    settings: Settings
    session_factory: SessionFactory
    redis: Redis
    vault: Vault
    server: TelegramServer | None
    clock: Clock = field(default_factory=SystemClock)

    async def open_connection(self, session: str, guard: Guard | None = None) -> Connection:
        """A connection to Telegram with one account's session; the caller closes it."""
        api_id, api_hash = require_api(self.settings)
        connection = Connection(session, api_id=api_id, api_hash=api_hash, server=self.server, guard=guard)
        await connection.open()
        return connection


@asynccontextmanager
async def open_database(settings: Settings) -> AsyncIterator[SessionFactory]:
    """Sessions on a database that is reachable and at this version's revision.

    Raises:
        DatabaseError: it is not; the sentence names the command that mends it.
    """
    engine = create_engine(settings.database_url, pool_recycle=timedelta(seconds=settings.db_pool_recycle_s))
    try:
        await check_revision(engine)
        yield session_factory(engine)
    finally:
        await engine.dispose()


@asynccontextmanager
async def open_deps(settings: Settings) -> AsyncIterator[Deps]:
    """Everything, on connections of its own.

    Raises:
        TgforwardError: a setting is wrong, or a store is away.
    """
    server = from_settings(settings)
    async with open_database(settings) as factory:
        vault = open_vault(settings)
        with redis_url(settings) as url:
            redis = await connect(url)
            try:
                yield Deps(settings, factory, redis, vault, server)
            finally:
                await redis.aclose()
