"""Configs with their counts, and why one does not run: a page at a time."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from tgforward.db.configs import list_configs
from tgforward.db.deliveries import count_dead
from tgforward.db.models.config import ConfigState, TGForwardConfig
from tgforward.db.peers import load_titles
from tgforward.db.session import Session, reading
from tgforward.db.slot_counts import SlotCount, load_slot_counts
from tgforward.services.database import Stored
from tgforward.services.hindrances import Surroundings, load_surroundings, what_delays, what_stops
from tgforward.services.histories import load_times_left
from tgforward.services.known_accounts import require_account
from tgforward.services.queues import Homes, Queues
from tgforward.types import ChatId, ConfigId


@dataclass(frozen=True, slots=True)
class ConfigPage:
    """Which configs are meant: at most `limit` of those after `after`; what is None does not matter."""

    limit: int | None = None
    after: ConfigId | None = None
    state: ConfigState | None = None
    account: str | None = None
    """The name of theirs."""


@dataclass(frozen=True, slots=True)
class ConfigStatus:
    """One config and how far it has come."""

    id: ConfigId
    name: str | None
    source: str
    dest: str
    state: ConfigState
    reason: str | None
    """Why it is parked, or does not run (or not to each of its dests) although it is active."""
    further_dests: int
    """How many there are beside its own."""
    history_forwarded: int
    history_total: int | None
    history_left_s: float | None
    """For how long history will still come, to all dests, at the speed of the latest runs; None: not known, or done."""
    live_forwarded: int
    skipped: int
    live_cursor: int | None
    last_run_at: datetime | None
    overdue_s: float | None
    """How long ago its job fell due that waits or runs now; None: it has none that is due, or Redis is away."""
    lag: int | None
    """How far the source's newest message was ahead of the slowest dest at the last look; None: unknown."""
    dead: int
    """Deliveries that failed for good and wait for a person."""
    coalesced: int
    """Slots that fell into its previous run."""
    missed: int
    """Slots that passed while no scheduler, or no Redis, was there."""


@dataclass(frozen=True, slots=True)
class FoundConfigs:
    """What the database says of a page of configs."""

    rows: list[TGForwardConfig]
    around: Surroundings
    titles: Mapping[ChatId, str]
    dead: Mapping[ConfigId, int]
    slots: Mapping[ConfigId, SlotCount]
    left: Mapping[ConfigId, timedelta]
    """How long the history of those will go on of which that is known."""

    @property
    def homes(self) -> Homes:
        """In whose lanes their jobs stand."""
        return {row.id: row.account_id for row in self.rows if row.account_id is not None}

    def title(self, chat_id: ChatId) -> str:
        """A chat for people to read."""
        return self.titles.get(chat_id, str(chat_id))


async def find_configs(deps: Stored, page: ConfigPage, further_chats: Collection[ChatId] = ()) -> FoundConfigs:
    """A page of configs with what decides whether they run; and the titles of some other chats.

    Raises:
        InvalidInput: there is no account of that name.
    """
    async with reading(deps.session_factory) as session:
        account_id = None if page.account is None else (await require_account(session, page.account)).id
        rows = await list_configs(session, account_id=account_id, state=page.state, after=page.after, limit=page.limit)
        return await look_around(session, rows, deps.clock.now(), further_chats)


async def look_around(
    session: Session, rows: Collection[TGForwardConfig], now: datetime, further_chats: Collection[ChatId] = ()
) -> FoundConfigs:
    """What decides whether configs run, and what people call the chats; eight statements for up to 100 configs."""
    around = await load_surroundings(session, rows, now)
    titles = await load_titles(session, _chats(rows, around) | set(further_chats))
    numbers = [row.id for row in rows]
    slots = await load_slot_counts(session, numbers)
    left = await load_times_left(session, rows, around.dests, now)
    return FoundConfigs(list(rows), around, titles, await count_dead(session, numbers), slots, left)


def why_not(row: TGForwardConfig, around: Surroundings) -> str | None:
    """Why a config is parked, or does not run (or not to each of its dests) although it is active."""
    if row.state is not ConfigState.ACTIVE:
        return row.state_reason
    return what_stops(row, around) or what_delays(row, around)


def config_statuses(found: FoundConfigs, queues: Queues) -> list[ConfigStatus]:
    """The configs of the page, with what the queues say of them."""
    return [_status(row, found, queues) for row in found.rows]


def _status(row: TGForwardConfig, found: FoundConfigs, queues: Queues) -> ConfigStatus:
    overdue, slots = queues.overdue.get(row.id), found.slots.get(row.id, SlotCount(row.id))
    left = found.left.get(row.id)
    return ConfigStatus(
        id=row.id,
        name=row.name,
        source=found.title(ChatId(row.source)),
        dest=found.title(ChatId(row.dest)),
        state=row.state,
        reason=why_not(row, found.around),
        further_dests=len(found.around.dests.get(row.id, ())),
        history_forwarded=row.history_forwarded,
        history_total=row.history_total,
        history_left_s=None if left is None else left.total_seconds(),
        live_forwarded=row.live_forwarded,
        skipped=row.skipped,
        live_cursor=row.live_cursor,
        last_run_at=row.last_run_at,
        overdue_s=None if overdue is None else overdue.total_seconds(),
        lag=queues.lags.get(row.id),
        dead=found.dead.get(row.id, 0),
        coalesced=slots.coalesced,
        missed=slots.missed,
    )


def _chats(rows: Collection[TGForwardConfig], around: Surroundings) -> set[ChatId]:
    further = {ChatId(dest.chat_id) for dests in around.dests.values() for dest in dests}
    waiting = {chat for _, chat in around.waits}
    return {ChatId(chat) for row in rows for chat in (row.source, row.dest)} | further | waiting
