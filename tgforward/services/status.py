"""What is going on: accounts with their owners and waits, queues, configs with their counts and reasons."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tgforward.db.configs import count_by_state
from tgforward.db.dests import list_parked
from tgforward.db.leases import list_owners
from tgforward.db.models.account import AccountState, TelegramAccount
from tgforward.db.models.config import ConfigState
from tgforward.db.models.dest import ForwardDest
from tgforward.db.models.wait import ChatWait
from tgforward.db.session import reading
from tgforward.db.workers import list_live
from tgforward.services.config_status import ConfigPage, ConfigStatus, FoundConfigs, config_statuses, find_configs
from tgforward.services.database import Stored
from tgforward.services.hindrances import wait_end
from tgforward.services.queues import Look, Queues
from tgforward.services.users import KnownUser, expired_users
from tgforward.types import AccountId, ChatId, ConfigId

MOST_TROUBLES = 100
"""How many parked dests, waits and expired users are shown of each."""


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
    due: int | None
    """Those of them whose moment has come."""
    oldest_due_s: float | None
    """How long ago the first of these fell due; None: none has."""
    stretched_s: float | None
    """How long its requests for news wait, since it has read as much as it may; None: not at all, or not known."""


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
    """Everything at one moment; of the configs a page."""

    accounts: list[AccountStatus]
    configs: list[ConfigStatus]
    config_counts: Mapping[ConfigState, int]
    """How many configs are in each state, on all pages."""
    parked_dests: list[ParkedDest]
    chat_waits: list[ChatWaitStatus]
    expired_users: list[KnownUser]
    """Users whose time has ended, so that their configs stand still."""
    workers: list[WorkerStatus]
    redis_error: str | None
    """Why nothing is known of the queues; None: Redis answers."""


@dataclass(frozen=True, slots=True)
class _Surface:
    """What the database says beside the configs."""

    owners: Mapping[AccountId, str]
    live: Sequence[str]
    parked: Sequence[ForwardDest]
    counts: Mapping[ConfigState, int]


async def load_status(deps: Stored, look: Look, page: ConfigPage | None = None) -> Status:
    """The state of this installation now; `look` sees the queues."""
    surface = await _load_surface(deps)
    found = await find_configs(deps, page or ConfigPage(), [ChatId(dest.chat_id) for dest in surface.parked])
    queues = await look(found.homes, _able(surface.owners, found))
    return Status(
        accounts=[_account(row, found, surface, queues) for row in found.around.accounts.values()],
        configs=config_statuses(found, queues),
        config_counts=surface.counts,
        parked_dests=[_parked(dest, found) for dest in surface.parked],
        chat_waits=[_chat_wait(row, found) for row in list(found.around.waits.values())[:MOST_TROUBLES]],
        expired_users=await expired_users(deps, limit=MOST_TROUBLES),
        workers=_workers(surface),
        redis_error=queues.error,
    )


def _able(owned: Iterable[AccountId], found: FoundConfigs) -> list[AccountId]:
    """The accounts whose owners can answer a question now: those that do not rest."""
    accounts, now = found.around.accounts, found.around.now
    return [key for key in owned if key in accounts and wait_end(accounts[key], now) is None]


async def _load_surface(deps: Stored) -> _Surface:
    async with reading(deps.session_factory) as session:
        owners = {item.lease.account_id: item.owner for item in await list_owners(session)}
        parked = await list_parked(session, limit=MOST_TROUBLES)
        return _Surface(owners, await list_live(session), parked, await count_by_state(session))


def _account(row: TelegramAccount, found: FoundConfigs, surface: _Surface, queues: Queues) -> AccountStatus:
    until, load = wait_end(row, found.around.now), queues.load_of(row.id)
    stretch = queues.stretches.get(row.id)
    oldest = None if load is None else load.oldest_due
    return AccountStatus(
        id=row.id,
        name=row.name,
        state=row.state,
        reason=row.state_reason or (row.wait_reason if until is not None else None),
        owner=surface.owners.get(row.id),
        wait_until=until,
        waiting=None if load is None else load.waiting,
        due=None if load is None else load.due,
        oldest_due_s=None if oldest is None else oldest.total_seconds(),
        stretched_s=None if stretch is None else stretch.total_seconds(),
    )


def _parked(dest: ForwardDest, found: FoundConfigs) -> ParkedDest:
    return ParkedDest(
        config_id=dest.config_id,
        number=dest.number,
        chat=found.title(ChatId(dest.chat_id)),
        reason=dest.state_reason,
        remedy=f"tgforward config resume {dest.config_id}",
    )


def _workers(surface: _Surface) -> list[WorkerStatus]:
    owned = Counter(surface.owners.values())
    return [WorkerStatus(owner, owned[owner]) for owner in surface.live]


def _chat_wait(row: ChatWait, found: FoundConfigs) -> ChatWaitStatus:
    account = found.around.accounts[row.account_id]
    return ChatWaitStatus(account.name, found.title(ChatId(row.chat_id)), row.until, row.reason)
