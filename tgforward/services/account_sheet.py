"""Accounts with what belongs to them, for a page about them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from tgforward.db.accounts import count_configs_by_account, list_accounts
from tgforward.db.leases import list_owners
from tgforward.db.models.account import TelegramAccount
from tgforward.db.session import reading
from tgforward.errors import RedisUnreachable
from tgforward.queue.stretches import load_stretches
from tgforward.services.stores import StoredAndQueued
from tgforward.types import AccountId


@dataclass(frozen=True, slots=True)
class AccountSheet:
    """One account."""

    account: TelegramAccount
    owner: str | None
    """The worker that owns its lane now."""
    configs: int
    stretched: timedelta | None
    """By how much its read budget stretches the intervals of its configs; None: by nothing that is known."""


async def load_accounts(deps: StoredAndQueued, *, after: AccountId | None, limit: int) -> list[AccountSheet]:
    """At most `limit` accounts by number, of those after `after`; three statements."""
    async with reading(deps.session_factory) as session:
        rows = await list_accounts(session, after=after, limit=limit)
        counts = await count_configs_by_account(session, [row.id for row in rows])
        owners = {item.lease.account_id: item.owner for item in await list_owners(session)}
    stretches = await _stretches(deps, [row.id for row in rows])
    return [AccountSheet(row, owners.get(row.id), counts.get(row.id, 0), stretches.get(row.id)) for row in rows]


async def _stretches(deps: StoredAndQueued, account_ids: list[AccountId]) -> Mapping[AccountId, timedelta]:
    try:
        return await load_stretches(deps.redis, account_ids)
    except RedisUnreachable:
        return {}
