"""One account in its owner process: the lease's deadline, the connection, and what is remembered between runs."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tgforward.clock import Clock
from tgforward.db.accounts import load_account
from tgforward.db.session import reading
from tgforward.db.waits import load_waits
from tgforward.errors import AccountRests, AccountRevoked, FloodWait, LeaseLost
from tgforward.forwarding.rules import TextLimits
from tgforward.services.deps import Deps
from tgforward.services.instant import Instant
from tgforward.services.pacing import Pace, make_pace
from tgforward.services.pages import Pages
from tgforward.services.probing import Probes
from tgforward.services.reads import ReadBudget
from tgforward.services.snapshot import ConfigSnapshot
from tgforward.telegram.connection import Connection
from tgforward.telegram.limits import fetch_limits
from tgforward.telegram.probe import ChatState, TopMessages
from tgforward.types import AccountId, ChatId, ConfigId, MessageId


@dataclass(frozen=True, slots=True)
class Pause:
    """Until when, and why, nothing is sent (and, for a whole account, read)."""

    until: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Reread:
    """A look through the messages that a branch forwarded lately, one page at a time."""

    after: MessageId
    """The next page begins behind it."""
    pts: int | None
    """Where the source's changes stood when the look began."""
    is_going_on: bool
    next_at: float = 0.0
    """When (monotonic) the next look may begin."""


@dataclass(slots=True)
class Lane:
    """An account that this process owns. Nothing is sent after `deadline` (monotonic), whatever happens meanwhile."""

    deps: Deps
    account_id: AccountId
    token: int
    deadline: float
    on_pause: Callable[[timedelta], None] | None = None
    """Told of every pause, so that no job is claimed meanwhile."""
    branches: dict[ConfigId, dict[int, ConfigSnapshot]] = field(default_factory=dict)
    """What is known of each config, by the number of the dest."""
    going_on: set[ConfigId] = field(default_factory=set)
    """Configs whose last run said that there is more: their version says whether they must be loaded anew."""
    looked_back: set[ConfigId] = field(default_factory=set)
    """Configs of basic groups of which the last message was looked at."""
    rereads: dict[tuple[ConfigId, int], Reread] = field(default_factory=dict)
    """How far branches have come in looking through what they have forwarded."""
    single_dests: set[ChatId] = field(default_factory=set)
    """Dests in slow mode that take one message per request."""
    carried: dict[tuple[ConfigId, int], tuple[int, set[MessageId]]] = field(default_factory=dict)
    """For each branch the count of changes that it works on, and which edits of these are carried over."""
    probes: Probes = field(init=False)
    pages: Pages = field(init=False)
    instant: Instant = field(init=False)
    reads: ReadBudget = field(init=False)
    """How fast this account may read."""
    _limits: TextLimits | None = None
    _pause: Pause | None = None
    _chat_pauses: dict[ChatId, Pause] = field(default_factory=dict)
    _pace: Pace | None = None
    _connection: Connection | None = None
    _tops: TopMessages | None = None
    _connecting: asyncio.Lock = field(default_factory=asyncio.Lock)
    _running: set[ConfigId] = field(default_factory=set)

    def __post_init__(self) -> None:
        settings, clock = self.deps.settings, self.deps.clock
        metrics = self.deps.metrics.reads
        self.reads = reads = ReadBudget(clock, settings.read_per_s, settings.read_burst, metrics.delayed)
        metrics.watch(self.account_id, lambda: reads.stretch)
        self.probes = Probes(clock, self.reads)
        self.pages = Pages(clock, self.reads, self._rest)
        is_running = self._running.__contains__
        self.instant = Instant(self.deps, self.account_id, self.probes, self.expire, is_running)

    @property
    def pace(self) -> Pace:
        """How fast this account may send."""
        if self._pace is None:
            self._pace = make_pace(self.deps.settings, self.deps.clock)
        return self._pace

    def keep(self, config: ConfigSnapshot) -> None:
        """Know this of a branch from now on, unless its config was forgotten meanwhile."""
        if config.id in self.branches:
            self.branches[config.id][config.dest_number] = config

    def latest(self, config: ConfigSnapshot) -> ConfigSnapshot:
        """What is known of the same branch now."""
        return self.branches.get(config.id, {}).get(config.dest_number, config)

    def forget(self, config_id: ConfigId) -> None:
        """Load the config anew at its next run."""
        self.branches.pop(config_id, None)

    async def state_of(self, config: ConfigSnapshot) -> ChatState:
        """What the config's source has come to.

        Raises:
            AccountRests: the account has read too much of late.
            TelegramError: what Telegram said of the chat.
        """
        known = self.probes.recall(config)
        return known if known is not None else await (await self._gatherer()).state(config.source)

    def expire(self, chat_id: ChatId) -> None:
        """Something may be new in the source: whoever runs next looks again."""
        self.probes.expire(chat_id)
        if self._tops is not None:
            self._tops.forget(chat_id)

    def check_lease(self) -> None:
        """Called before anything is written to the connection.

        Raises:
            LeaseLost: the lease may belong to another process by now.
        """
        if self.deps.clock.monotonic() >= self.deadline:
            raise LeaseLost(f"account {self.account_id}: the lease ran out; another worker may own the account")

    def check_pause(self) -> None:
        """Called before each request.

        Raises:
            AccountRests: a flood wait goes on.
        """
        if (left := _left(self._pause, self.deps.clock)) is not None:
            assert self._pause is not None
            raise AccountRests(f"account {self.account_id} rests: {self._pause.reason}", retry_after=left)

    def pause(self, pause: Pause) -> None:
        """Let the whole account rest."""
        self._pause = pause
        if self.on_pause is not None:
            self.on_pause(pause.until - self.deps.clock.now())

    def _rest(self, error: FloodWait) -> None:
        """Send and read nothing more from this moment on; whoever is told of the error writes the wait down."""
        self.pause(Pause(self.deps.clock.now() + error.retry_after, error.code))

    def pause_chat(self, chat_id: ChatId, pause: Pause) -> None:
        """Send nothing to one chat for a while."""
        self._chat_pauses[chat_id] = pause

    def chat_pause_left(self, chat_id: ChatId) -> timedelta | None:
        """How long a chat takes nothing; None if it does."""
        return _left(self._chat_pauses.get(chat_id), self.deps.clock)

    async def connection(self) -> Connection:
        """The account's one connection, opened at first use.

        Raises:
            AccountRests: a flood wait goes on, perhaps one that an earlier owner met.
            AccountRevoked: the session is no longer valid.
            ConnectionLost: Telegram cannot be reached.
        """
        async with self._connecting:
            if self._connection is None:
                session = await self._restore()
                self.check_lease()
                self.check_pause()
                self._connection = await self.deps.open_connection(session, self.check_lease, self.check_pause)
            return self._connection

    async def _gatherer(self) -> TopMessages:
        """What asks for the newest message of many sources in one request."""
        connection = await self.connection()
        if self._tops is None:
            self._tops = TopMessages(connection, around=self.probes, clock=self.deps.clock)
        return self._tops

    async def limits(self) -> TextLimits:
        """How long texts and captions of this account may be; asked once."""
        if self._limits is None:
            self._limits = await fetch_limits(await self.connection())
        return self._limits

    async def close(self) -> None:
        """Drop the connection; the lease is given back by the one who took it."""
        self.deps.metrics.reads.forget(self.account_id)
        async with self._connecting:
            connection, tops = self._connection, self._tops
            self._connection = self._tops = None
            await self.instant.close()
            await self.pages.close()
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

    async def _restore(self) -> str:
        """The account's session; and the waits that an earlier owner has stored."""
        async with reading(self.deps.session_factory) as session:
            account = await load_account(session, self.account_id)
            waits = await load_waits(session, self.account_id, self.deps.clock.now())
        if account is None or account.session_sealed is None:
            raise AccountRevoked(f"account {self.account_id} has no session: tgforward account login NAME")
        if account.wait_until is not None:
            self.pause(Pause(account.wait_until, account.wait_reason or "a wait that Telegram ordered"))
        for wait in waits:
            self.pause_chat(wait.chat_id, Pause(wait.until, wait.reason))
        return self.deps.vault.open(account.session_sealed)


def _left(pause: Pause | None, clock: Clock) -> timedelta | None:
    left = timedelta(0) if pause is None else pause.until - clock.now()
    return left if left > timedelta(0) else None
