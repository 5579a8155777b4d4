"""Pages of sources: fetched once for all configs whose cursors stand in them, and the next one ahead of its time.

A page may serve a run if nothing that the run takes for done has happened since the page was asked for: while the
source's count of changes stands still, the page is as true as a new one.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from tgforward.clock import Clock
from tgforward.errors import AccountRests, FloodWait
from tgforward.forwarding.albums import ALBUM_SIZE
from tgforward.services.reads import ReadBudget
from tgforward.telegram.connection import Connection
from tgforward.telegram.peers import Peer
from tgforward.telegram.probe import ChatState
from tgforward.telegram.reading import Page, fetch_after
from tgforward.types import ChatId, MessageId

MOST = 8  # pages of a lane in memory: of 100 messages each they take about 5 MB
KEPT_FOR_S = 60.0  # file references live for hours, names of senders change: nothing may be old


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a run needs: the messages of `source` after `cursor`, up to `until`."""

    source: Peer
    cursor: MessageId
    until: MessageId | None = None
    since: ChatState | None = None
    """The page must show everything that had happened in the source by then; None: when it was asked matters little."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A page, or the part of one that a run wanted."""

    page: Page
    at: datetime
    """When Telegram was asked for it."""


@dataclass(eq=False, slots=True)
class _Kept:
    """A page in memory, or on its way."""

    source: ChatId
    cursor: MessageId
    shows: ChatState | None
    """What the source had come to before the page was asked for, as far as that was known."""
    task: asyncio.Task[Fetched]
    end: asyncio.TimerHandle

    def may_serve(self, wanted: Wanted) -> bool:
        """Whether it is new enough and does not begin too late."""
        return self.source == wanted.source.chat_id and self.cursor <= wanted.cursor and self._is_new_enough(wanted)

    def serves(self, wanted: Wanted) -> bool:
        """Whether it holds what is wanted: all that there is, or enough that a run gets on; its error serves, too."""
        if not self.task.done() or self.task.cancelled():
            return False
        if self.task.exception() is not None:
            return True
        page = self.task.result().page
        left = sum(message.id > wanted.cursor for message in page.messages)
        return not page.is_full or left > ALBUM_SIZE

    def _is_new_enough(self, wanted: Wanted) -> bool:
        since, shows = wanted.since, self.shows
        if since is None:
            return True
        if shows is None or since.pts is None or shows.pts is None:
            return since is shows  # without a count only the same answer says that nothing has changed
        return shows.pts >= since.pts and shows.top >= since.top


@dataclass(slots=True)
class Pages:
    """The pages of one lane that several runs may want; `on_flood` is told of a flood wait at once."""

    clock: Clock
    reads: ReadBudget
    on_flood: Callable[[FloodWait], None]
    _kept: list[_Kept] = field(default_factory=list)
    _tasks: set[asyncio.Task[Fetched]] = field(default_factory=set)

    async def fetch(self, conn: Connection, wanted: Wanted, last: ChatState | None, *, keep: bool) -> Fetched:
        """The page, from memory if one there is new enough; `last` is the newest answer about the source.

        Only what others may want is kept.

        Raises:
            AccountRests: the account has read too much of late.
            TelegramError: as of `fetch_after`.
        """
        found = await self._find(wanted)
        if found is None:
            self.reads.enter(("page", wanted.source.chat_id))
            found = self._start(conn, wanted, last or wanted.since)
        fetched = await asyncio.shield(found.task)  # one cancelled run must not take the page from the others
        if not keep:
            self._drop(found)
        return Fetched(fetched.page.part(wanted.cursor, wanted.until), fetched.at)

    def fetch_ahead(self, conn: Connection, wanted: Wanted, last: ChatState | None) -> asyncio.Task[Fetched] | None:
        """Begin to fetch what will be wanted next; None if it is there, or if the account has read too much."""
        if any(kept.may_serve(wanted) and (not kept.task.done() or kept.serves(wanted)) for kept in self._kept):
            return None
        try:
            self.reads.enter(("page", wanted.source.chat_id))
        except AccountRests:
            return None
        return self._start(conn, wanted, last or wanted.since).task

    def forget(self, chat_id: ChatId) -> None:
        """Fetch the source's messages anew."""
        for kept in [kept for kept in self._kept if kept.source == chat_id]:
            self._drop(kept)

    async def close(self) -> None:
        """Give up what is on its way; who waits for it is cancelled."""
        for kept in list(self._kept):
            self._drop(kept)
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _find(self, wanted: Wanted) -> _Kept | None:
        for kept in [kept for kept in self._kept if kept.may_serve(wanted)]:
            if not kept.task.done():
                await asyncio.wait([kept.task])
            if kept.serves(wanted):
                return kept
        return None

    def _start(self, conn: Connection, wanted: Wanted, shows: ChatState | None) -> _Kept:
        loop = asyncio.get_running_loop()
        task = loop.create_task(self._fetch(conn, wanted))
        kept = _Kept(wanted.source.chat_id, wanted.cursor, shows, task, loop.call_later(KEPT_FOR_S, self._expire))
        if len(self._kept) == MOST:
            self._drop(self._kept[0])
        self._kept.append(kept)
        self._tasks.add(task)
        task.add_done_callback(lambda _: self._arrived(kept))
        return kept

    async def _fetch(self, conn: Connection, wanted: Wanted) -> Fetched:
        asked_at = self.clock.now()
        return Fetched(await fetch_after(conn, wanted.source, wanted.cursor), asked_at)

    def _arrived(self, kept: _Kept) -> None:
        self._tasks.discard(kept.task)
        error = None if kept.task.cancelled() else kept.task.exception()
        if error is not None or kept.task.cancelled():
            self._drop(kept)
        if isinstance(error, FloodWait):
            self.on_flood(error)

    def _expire(self) -> None:
        """The oldest page is the first whose time ends."""
        if self._kept:
            self._drop(self._kept[0])

    def _drop(self, kept: _Kept) -> None:
        if kept in self._kept:
            self._kept.remove(kept)
            kept.end.cancel()
