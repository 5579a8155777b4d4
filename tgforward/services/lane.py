"""One account in its owner process: the lease's deadline, the connection, and what is remembered between runs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from tgforward.db.accounts import load_account
from tgforward.db.session import reading
from tgforward.errors import AccountRevoked, LeaseLost
from tgforward.services.deps import Deps
from tgforward.services.snapshot import ConfigSnapshot
from tgforward.telegram.connection import Connection
from tgforward.telegram.probe import TopMessages
from tgforward.types import AccountId, ConfigId

log = structlog.get_logger()


@dataclass(slots=True)
class Pause:
    """Until when, and why, nothing is sent or read through an account."""

    until: datetime
    reason: str


@dataclass(slots=True)
class Lane:
    """An account that this process owns. Nothing is sent after `deadline` (monotonic), whatever happens meanwhile."""

    deps: Deps
    account_id: AccountId
    token: int
    deadline: float
    pause: Pause | None = None
    snapshots: dict[ConfigId, ConfigSnapshot] = field(default_factory=dict)
    _connection: Connection | None = None
    _tops: TopMessages | None = None
    _connecting: asyncio.Lock = field(default_factory=asyncio.Lock)
    _running: set[ConfigId] = field(default_factory=set)

    def check_lease(self) -> None:
        """Called before each request.

        Raises:
            LeaseLost: the lease may belong to another process by now.
        """
        if self.deps.clock.monotonic() >= self.deadline:
            raise LeaseLost(f"account {self.account_id}: the lease ran out; another worker may own the account")

    def pause_left(self) -> timedelta | None:
        """How long the account still has to rest; None if it may work."""
        if self.pause is None:
            return None
        left = self.pause.until - self.deps.clock.now()
        if left > timedelta(0):
            return left
        self.pause = None
        return None

    async def connection(self) -> Connection:
        """The account's one connection, opened at first use.

        Raises:
            AccountRevoked: the session is no longer valid.
            ConnectionLost: Telegram cannot be reached.
        """
        async with self._connecting:
            if self._connection is None:
                self.check_lease()
                self._connection = await self.deps.open_connection(await self._session(), guard=self.check_lease)
            return self._connection

    async def tops(self) -> TopMessages:
        """The gatherer that asks for the newest message of many sources in one request."""
        connection = await self.connection()
        if self._tops is None:
            self._tops = TopMessages(connection)
        return self._tops

    async def close(self) -> None:
        """Drop the connection; the lease is given back by the one who took it."""
        async with self._connecting:
            connection, tops = self._connection, self._tops
            self._connection = self._tops = None
            if tops is not None:
                await tops.close()
            if connection is not None:
                await connection.close()

    @asynccontextmanager
    async def alone(self, config_id: ConfigId) -> AsyncIterator[bool]:
        """True for the only run of a config in this lane; False while another one is going on."""
        if config_id in self._running:
            yield False
            return
        self._running.add(config_id)
        try:
            yield True
        finally:
            self._running.discard(config_id)

    async def _session(self) -> str:
        async with reading(self.deps.session_factory) as session:
            account = await load_account(session, self.account_id)
        if account is None or account.session_sealed is None:
            raise AccountRevoked(f"account {self.account_id} has no session: tgforward account login NAME")
        return self.deps.vault.open(account.session_sealed)
