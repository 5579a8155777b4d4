"""What is going on: accounts with their owners and waits, queues, configs with their counts and reasons."""

from dataclasses import dataclass
from datetime import datetime

from tgforward.db.accounts import list_accounts
from tgforward.db.configs import list_configs
from tgforward.db.leases import list_owners
from tgforward.db.models.account import AccountState, TelegramAccount
from tgforward.db.models.config import ConfigState, TGForwardConfig
from tgforward.db.peers import load_titles
from tgforward.db.session import reading
from tgforward.queue.depth import queue_depth
from tgforward.queue.names import lane_queue
from tgforward.services.deps import Deps
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
    waiting: int
    """Jobs in the lane's queue."""


@dataclass(frozen=True, slots=True)
class ConfigStatus:
    """One config and how far it has come."""

    id: ConfigId
    name: str | None
    source: str
    dest: str
    state: ConfigState
    reason: str | None
    history_forwarded: int
    history_total: int | None
    live_forwarded: int
    skipped: int
    live_cursor: int | None
    last_run_at: datetime | None


@dataclass(frozen=True, slots=True)
class Status:
    """Everything at one moment."""

    accounts: list[AccountStatus]
    configs: list[ConfigStatus]


async def load_status(deps: Deps) -> Status:
    """The state of this installation now."""
    depth = await queue_depth(deps.redis)
    async with reading(deps.session_factory) as session:
        accounts, configs = await list_accounts(session), await list_configs(session)
        owners = {item.lease.account_id: item.owner for item in await list_owners(session)}
        titles = await load_titles(session, {chat for row in configs for chat in (row.source, row.dest)})
    now = deps.clock.now()
    return Status(
        [_account(row, owners.get(row.id), depth.get(lane_queue(row.id), 0), now) for row in accounts],
        [_config(row, titles) for row in configs],
    )


def _account(row: TelegramAccount, owner: str | None, waiting: int, now: datetime) -> AccountStatus:
    is_waiting = row.wait_until is not None and row.wait_until > now
    return AccountStatus(
        id=row.id,
        name=row.name,
        state=row.state,
        reason=row.state_reason or (row.wait_reason if is_waiting else None),
        owner=owner,
        wait_until=row.wait_until if is_waiting else None,
        waiting=waiting,
    )


def _config(row: TGForwardConfig, titles: dict[ChatId, str]) -> ConfigStatus:
    no_account = "it has no account: tgforward config edit ID --account NAME" if row.account_id is None else None
    return ConfigStatus(
        id=row.id,
        name=row.name,
        source=titles.get(row.source, str(row.source)),
        dest=titles.get(row.dest, str(row.dest)),
        state=row.state,
        reason=row.state_reason or no_account,
        history_forwarded=row.history_forwarded,
        history_total=row.history_total,
        live_forwarded=row.live_forwarded,
        skipped=row.skipped,
        live_cursor=row.live_cursor,
        last_run_at=row.last_run_at,
    )
