"""Configs that run as soon as their source has something new.

A live update only enqueues the config's job, which does what it always does: so it is alone, in order and crash-safe.
Telegram loses updates now and then; the slots go on and find what nobody told of.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import structlog

from tgforward.db.configs import list_instant
from tgforward.db.session import reading
from tgforward.errors import DatabaseError, RedisUnreachable
from tgforward.queue.enqueue import enqueue_now
from tgforward.services.deps import Deps
from tgforward.services.probing import Probes
from tgforward.services.snapshot import ConfigSnapshot
from tgforward.telegram.connection import Connection
from tgforward.telegram.live import hints_of
from tgforward.types import AccountId, ChatId, ConfigId

PAUSES_S = (0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32)  # while a job that has just ended leaves the queue
KNOWN_FOR_S = 1.0  # a config that runs all the time notices its own edits within this

log = structlog.get_logger()


@dataclass(slots=True)
class Instant:
    """The instant configs of one lane; what they were told of is *fresh* until a run of theirs begins."""

    deps: Deps
    account_id: AccountId
    probes: Probes
    expire: Callable[[ChatId], None]
    is_running: Callable[[ConfigId], bool]
    _readers: dict[ChatId, dict[ConfigId, ConfigSnapshot]] = field(default_factory=dict)
    _reads: dict[ConfigId, ChatId] = field(default_factory=dict)
    _loaded_at: dict[ConfigId, float] = field(default_factory=dict)
    _fresh: set[ConfigId] = field(default_factory=set)
    _waking: dict[ConfigId, asyncio.Task[None]] = field(default_factory=dict)
    _starting: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Run them all once: what was posted while nobody owned the lane shall not wait for their slots."""
        self._starting = asyncio.get_running_loop().create_task(self._run_all())

    async def close(self) -> None:
        """Enqueue nothing more."""
        tasks = [task for task in (self._starting, *self._waking.values()) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def begin(self, config: ConfigSnapshot, connection: Callable[[], Any]) -> None:
        """A run of the config begins: from now on it is told of, or not any more.

        Raises:
            TelegramError: Telegram does not take the request for updates.
        """
        self.leave(config.id)
        if not config.is_instant:
            return
        self._readers.setdefault(config.source.chat_id, {})[config.id] = config
        self._reads[config.id] = config.source.chat_id
        conn: Connection = await connection()
        if not conn.is_listening:
            await conn.listen(self.heed)
        self._fresh.discard(config.id)

    def leave(self, config_id: ConfigId) -> None:
        """The config is told of nothing."""
        self._fresh.discard(config_id)
        chat_id = self._reads.pop(config_id, None)
        if chat_id is not None:
            self._readers[chat_id].pop(config_id, None)

    def is_fresh(self, config_id: ConfigId) -> bool:
        """Whether something has happened since its last run began."""
        return config_id in self._fresh

    def is_old(self, config_id: ConfigId) -> bool:
        """Whether the config must be loaded anew, since no slot may have told of an edit."""
        now = self.deps.clock.monotonic()
        if config_id not in self._reads or now - self._loaded_at.get(config_id, 0.0) < KNOWN_FOR_S:
            return False
        self._loaded_at[config_id] = now
        return True

    def heed(self, updates: Any) -> None:
        """Something was pushed; None: whatever was pushed lately may be lost."""
        if updates is None:
            for chat_id in list(self._readers):
                self._changed(chat_id, self._readers[chat_id].values())
            return
        for hint in hints_of(updates):
            readers = self._readers.get(hint.chat_id)
            if not readers:
                continue
            if hint.state is None:
                self._changed(hint.chat_id, [config for config in readers.values() if config.follow.is_on])
                continue
            self.probes.hint(hint.chat_id, readers, hint.state)
            self._wake_all(readers.values())

    def _changed(self, chat_id: ChatId, configs: Iterable[ConfigSnapshot]) -> None:
        if concerned := list(configs):
            self.expire(chat_id)
            self._wake_all(concerned)

    def _wake_all(self, configs: Iterable[ConfigSnapshot]) -> None:
        self.deps.metrics.lanes.hinted()
        for config in configs:
            self._fresh.add(config.id)
            if config.id not in self._waking:
                task = asyncio.get_running_loop().create_task(self._wake(config))
                self._waking[config.id] = task
                task.add_done_callback(partial(self._woke, config.id))

    def _woke(self, config_id: ConfigId, task: asyncio.Task[None]) -> None:
        del self._waking[config_id]
        if not task.cancelled():
            task.result()  # what is ours to mend is not swallowed

    async def _wake(self, config: ConfigSnapshot) -> None:
        """Enqueue the job, unless a run begins meanwhile; one that goes on sees at its end that it must go on."""
        for pause_s in PAUSES_S:
            if config.id not in self._fresh:
                return
            if not self.is_running(config.id) and await self._enqueue(config.id, config.version):
                return
            await asyncio.sleep(pause_s)

    async def _enqueue(self, config_id: ConfigId, version: int | None) -> bool:
        try:
            return await enqueue_now(
                self.deps.redis, config_id, version, self.account_id, hasten=True, spare_retries=True
            )
        except RedisUnreachable as error:
            log.info("hint_lost", config_id=config_id, account_id=self.account_id, error=str(error))
            return True  # its next slot finds what there is

    async def _run_all(self) -> None:
        try:
            async with reading(self.deps.session_factory) as session:
                config_ids = await list_instant(session, self.account_id)
        except DatabaseError as error:
            log.info("instant_configs_not_known", account_id=self.account_id, error=str(error))
            return
        for config_id in config_ids:
            await self._enqueue(config_id, None)
