"""What a use case needs from the world, composed once per process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from tgforward.clock import Clock, SystemClock
from tgforward.db.session import SessionFactory
from tgforward.queue.connect import Redis, connect
from tgforward.services.database import open_database
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

    async def open_connection(self, session: str, guard: Guard | None = None, gate: Guard | None = None) -> Connection:
        """A connection to Telegram with one account's session; the caller closes it."""
        api_id, api_hash = require_api(self.settings)
        connection = Connection(session, api_id=api_id, api_hash=api_hash, server=self.server, guard=guard, gate=gate)
        await connection.open()
        return connection


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
