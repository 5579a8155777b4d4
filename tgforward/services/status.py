"""What is going on: accounts with their owners and waits, queues, configs with their counts and reasons."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from tgforward.db.configs import list_configs
from tgforward.db.deliveries import count_dead
from tgforward.db.leases import list_owners
from tgforward.db.models.account import AccountState, TelegramAccount
from tgforward.db.models.config import ConfigState, TGForwardConfig
from tgforward.db.models.dest import DestState, ForwardDest
from tgforward.db.models.wait import ChatWait
from tgforward.db.peers import load_titles
from tgforward.db.session import reading
from tgforward.db.workers import list_live
from tgforward.services.database import Stored
from tgforward.services.hindrances import Surroundings, load_surroundings, wait_end, what_delays, what_stops
from tgforward.services.queues import Queues
from tgforward.services.users import KnownUser, all_users
from tgforward.types import AccountId, ChatId, ConfigId


@dataclass(frozen=True, slots=True)
class AccountStatus:
    """One account and its lane."""

    id: AccountId
    name: str
    state: AccountState
    reason: str | None
    owner: str | None
    """The process that uses the session now."""
    wait_until: datetime | None
    waiting: int | None
    """Jobs in the lane's queue; None: Redis is away."""


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
    live_forwarded: int
    skipped: int
    live_cursor: int | None
    last_run_at: datetime | None
    dead: int
    """Deliveries that failed for good and wait for a person."""


@dataclass(frozen=True, slots=True)
class ParkedDest:
    """A further dest that gets nothing until a person does something; the config's other dests go on."""

    config_id: ConfigId
    number: int
    chat: str
    reason: str | None
    remedy: str
    """The command that helps once the reason is gone."""


@dataclass(frozen=True, slots=True)
class ChatWaitStatus:
    """A chat that takes nothing from an account yet."""

    account: str
    chat: str
    until: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class WorkerStatus:
    """A worker process that is alive."""

    owner: str
    accounts: int
    """How many it owns."""


@dataclass(frozen=True, slots=True)
class Status:
    """Everything at one moment."""

    accounts: list[AccountStatus]
    configs: list[ConfigStatus]
    parked_dests: list[ParkedDest]
    chat_waits: list[ChatWaitStatus]
    expired_users: list[KnownUser]
    """Users whose time has ended, so that their configs stand still."""
    workers: list[WorkerStatus]
    redis_error: str | None
    """Why nothing is known of the queues; None: Redis answers."""


@dataclass(frozen=True, slots=True)
class _Found:
    """What the database said."""

    configs: list[TGForwardConfig]
    around: Surroundings
    owners: Mapping[AccountId, str]
    titles: Mapping[ChatId, str]
    dead: Mapping[ConfigId, int]
    live: list[str]

    @property
    def dests(self) -> list[ForwardDest]:
        """The further dests of all configs."""
        return [dest for dests in self.around.dests.values() for dest in dests]


async def load_status(deps: Stored, queues: Queues) -> Status:
    """The state of this installation now."""
    found = await _load(deps)
    return Status(
        accounts=[_account(row, found, queues) for row in found.around.accounts.values()],
        configs=[_config(row, found) for row in found.configs],
        parked_dests=[_parked(dest, found) for dest in found.dests if dest.state is DestState.PARKED],
        chat_waits=[_chat_wait(row, found) for row in found.around.waits.values()],
        expired_users=[user for user in await all_users(deps) if user.is_expired],
        workers=_workers(found),
        redis_error=queues.error,
    )


async def _load(deps: Stored) -> _Found:
    async with reading(deps.session_factory) as session:
        configs = list(await list_configs(session))
        around = await load_surroundings(session, configs, deps.clock.now())
        owners = {item.lease.account_id: item.owner for item in await list_owners(session)}
        chats = {chat for row in configs for chat in (row.source, row.dest)} | {chat for _, chat in around.waits}
        titles = await load_titles(session, chats | {dest.chat_id for dests in around.dests.values() for dest in dests})
        return _Found(configs, around, owners, titles, await count_dead(session), await list_live(session))


def _account(row: TelegramAccount, found: _Found, queues: Queues) -> AccountStatus:
    until = wait_end(row, found.around.now)
    return AccountStatus(
        id=row.id,
        name=row.name,
        state=row.state,
        reason=row.state_reason or (row.wait_reason if until is not None else None),
        owner=found.owners.get(row.id),
        wait_until=until,
        waiting=queues.jobs_of(row.id),
    )


def _config(row: TGForwardConfig, found: _Found) -> ConfigStatus:
    return ConfigStatus(
        id=row.id,
        name=row.name,
        source=found.titles.get(row.source, str(row.source)),
        dest=found.titles.get(row.dest, str(row.dest)),
        state=row.state,
        reason=_reason(row, found.around),
        further_dests=len(found.around.dests.get(row.id, ())),
        history_forwarded=row.history_forwarded,
        history_total=row.history_total,
        live_forwarded=row.live_forwarded,
        skipped=row.skipped,
        live_cursor=row.live_cursor,
        last_run_at=row.last_run_at,
        dead=found.dead.get(row.id, 0),
    )


def _reason(row: TGForwardConfig, around: Surroundings) -> str | None:
    if row.state is not ConfigState.ACTIVE:
        return row.state_reason
    return what_stops(row, around) or what_delays(row, around)


def _parked(dest: ForwardDest, found: _Found) -> ParkedDest:
    return ParkedDest(
        config_id=dest.config_id,
        number=dest.number,
        chat=found.titles.get(dest.chat_id, str(dest.chat_id)),
        reason=dest.state_reason,
        remedy=f"tgforward config resume {dest.config_id}",
    )


def _workers(found: _Found) -> list[WorkerStatus]:
    owned = Counter(found.owners.values())
    return [WorkerStatus(owner, owned[owner]) for owner in found.live]


def _chat_wait(row: ChatWait, found: _Found) -> ChatWaitStatus:
    account = found.around.accounts[row.account_id]
    chat = found.titles.get(row.chat_id, str(row.chat_id))
    return ChatWaitStatus(account.name, chat, row.until, row.reason)
