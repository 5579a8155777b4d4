"""Forward configs: made, changed and removed; everything is checked before anything is stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tgforward.db.accounts import load_account
from tgforward.db.audit import record_change
from tgforward.db.configs import add_config as store_config
from tgforward.db.configs import edit_config as store_edit
from tgforward.db.configs import remove_config as delete_config
from tgforward.db.models.account import TelegramAccount
from tgforward.db.models.config import TGForwardConfig
from tgforward.db.session import Session, reading
from tgforward.db.transaction import in_transaction
from tgforward.db.users import load_user
from tgforward.errors import InvalidInput
from tgforward.forwarding.config import check_history_count, check_interval, check_zone
from tgforward.forwarding.rules import Rules
from tgforward.queue.enqueue import forget
from tgforward.services.deps import Deps
from tgforward.services.inspection import Inspection, inspect
from tgforward.services.known_accounts import require_account
from tgforward.services.known_configs import require_config, require_reader
from tgforward.services.peers import store_peer
from tgforward.types import AccountId, ConfigId

RULES = ("remove_word", "cut_word", "skip_word", "add_text")
LONGEST = 2000  # characters of a column of rules
CHANGES_WITHOUT_CHECK = ("name", "interval_second", "forward_history_count", "time_zone", "user_id", *RULES)


@dataclass(frozen=True, slots=True)
class StoredConfig:
    """A config that was stored, and what its owner should know."""

    id: ConfigId
    warnings: tuple[str, ...]


async def add_config(
    deps: Deps, *, source: str, dest: str, account: str | None, fields: Mapping[str, Any], actor: str
) -> StoredConfig:
    """Make a config after checking that the account can read the source and write to the dest.

    Raises:
        InvalidInput: a field is wrong.
        TelegramError: a chat is unknown, or the account lacks the right.
    """
    check_fields(fields)
    await _check_user(deps, fields)
    chosen = await _chosen_account(deps, account)
    found = await inspect(deps, chosen.id, source, dest)
    assert found.source is not None
    assert found.dest is not None
    _not_the_same(found.source.chat_id, found.dest.chat_id)
    values = {
        "forward_history_count": 0,
        **fields,
        "source": found.source.chat_id,
        "dest": found.dest.chat_id,
        "account_id": chosen.id,
    }

    async def store(session: Session) -> ConfigId:
        await _store_peers(session, chosen.id, found)
        config = await store_config(session, **values)
        await record_change(session, actor=actor, action="config.add", target=str(config.id), detail=dict(values))
        return config.id

    return StoredConfig(await in_transaction(deps.session_factory, store), _warnings(found))


async def edit_config(
    deps: Deps, config_id: ConfigId, changes: Mapping[str, Any], *, account: str | None, actor: str
) -> StoredConfig:
    """Change fields of a config; `source` and `dest` are checked like those of a new one.

    Raises:
        InvalidInput: no such config, or a field is wrong.
    """
    check_fields(changes)
    await _check_user(deps, changes)
    row = await require_config(deps, config_id)
    values = {key: value for key, value in changes.items() if key in CHANGES_WITHOUT_CHECK}
    found, moved = await _inspect_move(deps, row, changes, account)
    values |= moved
    if not values:
        raise InvalidInput("there is nothing to change: name at least one field, see tgforward config edit --help")

    async def store(session: Session) -> None:
        if found is not None:
            await _store_peers(session, values["account_id"], found)
        await store_edit(session, config_id, **values)
        await record_change(session, actor=actor, action="config.edit", target=str(config_id), detail=dict(values))

    await in_transaction(deps.session_factory, store)
    return StoredConfig(config_id, _warnings(found) if found is not None else ())


async def remove_config(deps: Deps, config_id: ConfigId, *, actor: str) -> None:
    """Remove a config with its deliveries, runs and waiting job.

    Raises:
        InvalidInput: no such config.
    """
    await require_config(deps, config_id)

    async def store(session: Session) -> None:
        await delete_config(session, config_id)
        await record_change(session, actor=actor, action="config.remove", target=str(config_id), detail={})

    await in_transaction(deps.session_factory, store)
    await forget(deps.redis, config_id)


def check_fields(fields: Mapping[str, Any]) -> None:
    """Whether every field that is given may be stored.

    Raises:
        InvalidInput: the first one that may not, and why.
    """
    if "interval_second" in fields:
        check_interval(fields["interval_second"])
    if "forward_history_count" in fields:
        check_history_count(fields["forward_history_count"])
    if "time_zone" in fields:
        check_zone(fields["time_zone"])
    for name in RULES:
        if len(fields.get(name) or "") > LONGEST:
            raise InvalidInput(f"{name} has {len(fields[name])} characters: it may have {LONGEST}")
    Rules.parse(**{name: fields[name] for name in RULES if name in fields})


async def _check_user(deps: Deps, fields: Mapping[str, Any]) -> None:
    user_id = fields.get("user_id")
    if user_id is None:
        return
    async with reading(deps.session_factory) as session:
        if await load_user(session, user_id) is None:
            raise InvalidInput(f"there is no user {user_id}: tgforward user add {user_id}")


async def _chosen_account(deps: Deps, name: str | None) -> TelegramAccount:
    async with reading(deps.session_factory) as session:
        account = await require_account(session, name)
    require_reader(account)
    return account


async def _inspect_move(
    deps: Deps, row: TGForwardConfig, changes: Mapping[str, Any], account: str | None
) -> tuple[Inspection | None, dict[str, Any]]:
    """What changes when a config gets another source, dest or account: both sides are looked at again."""
    if not {"source", "dest"} & changes.keys() and account is None:
        return None, {}
    chosen = await _account_of(deps, row, account)
    source, dest = str(changes.get("source", row.source)), str(changes.get("dest", row.dest))
    found = await inspect(deps, chosen.id, source, dest)
    assert found.source is not None
    assert found.dest is not None
    _not_the_same(found.source.chat_id, found.dest.chat_id)
    moved = {"source": found.source.chat_id, "dest": found.dest.chat_id, "account_id": chosen.id}
    return found, moved


async def _account_of(deps: Deps, row: TGForwardConfig, name: str | None) -> TelegramAccount:
    if name is None and row.account_id is not None:
        async with reading(deps.session_factory) as session:
            account = await load_account(session, row.account_id)
        assert account is not None, "the foreign key holds"
        return account
    return await _chosen_account(deps, name)


async def _store_peers(session: Session, account_id: AccountId, found: Inspection) -> None:
    for peer in (found.source, found.dest):
        if peer is not None:
            await store_peer(session, account_id, peer)


def _not_the_same(source: int, dest: int) -> None:
    if source == dest:
        raise InvalidInput("source and dest are the same chat: it would forward its own messages for ever")


def _warnings(found: Inspection) -> tuple[str, ...]:
    if found.source is not None and found.source.protected:
        return (f"{found.source.title} forbids forwarding: every message will be skipped as protected",)
    return ()
