"""What a use case needs from the world, composed once per process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from tgforward.clock import Clock, SystemClock
from tgforward.db.group_commit import GroupCommitter
from tgforward.db.group_read import GroupReader
from tgforward.db.session import SessionFactory
from tgforward.metrics.process import Metrics, make_metrics
from tgforward.queue.connect import Redis, connect
from tgforward.services.database import open_database
from tgforward.services.redis_url import redis_url
from tgforward.services.vault import Vault, open_vault
from tgforward.settings import Settings, require_api
from tgforward.telegram.connection import Connection, Guard
from tgforward.telegram.server import TelegramServer, from_settings
from tgforward.tracing.tracer import NoTracer, Tracer, open_tracer


@dataclass(frozen=True, slots=True)
class Deps:
    """Database, Redis, Telegram's address, the vault, the clock, and what is measured."""

    settings: Settings
    session_factory: SessionFactory
    redis: Redis
    vault: Vault
    server: TelegramServer | None
    clock: Clock = field(default_factory=SystemClock)
    metrics: Metrics = field(default_factory=make_metrics)
    tracer: Tracer = field(default_factory=NoTracer)
    committer: GroupCommitter = field(init=False)
    """Through which all tasks of the process write down what they do."""
    reader: GroupReader = field(init=False)
    """Through which all of them read what they need at each run."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "committer", GroupCommitter(self.session_factory, self.metrics.commits))  # frozen
        object.__setattr__(self, "reader", GroupReader(self.session_factory))

    async def open_connection(
        self, session: str, guard: Guard | None = None, gate: Guard | None = None, *, must_be_logged_in: bool = True
    ) -> Connection:
        """A connection to Telegram with one account's session; the caller closes it."""
        api_id, api_hash = require_api(self.settings)
        connection = Connection(
            session,
            api_id=api_id,
            api_hash=api_hash,
            server=self.server,
            guard=guard,
            gate=gate,
            metrics=self.metrics.requests,
            must_be_logged_in=must_be_logged_in,
        )
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
        with redis_url(settings) as url, open_tracer(settings) as tracer:
            redis = await connect(url)
            try:
                metrics = make_metrics(per_config=settings.metrics_per_config)
                yield Deps(settings, factory, redis, vault, server, metrics=metrics, tracer=tracer)
            finally:
                await redis.aclose()
