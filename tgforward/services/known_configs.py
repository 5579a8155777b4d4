"""Configs that are stored: listed, paused, resumed, and given to an account."""

from collections.abc import Sequence

from tgforward.db.accounts import load_account
from tgforward.db.audit import record_change
from tgforward.db.configs import adopt_configs, list_configs, load_config, set_config_state
from tgforward.db.dests import list_dests, set_dest_state
from tgforward.db.models.account import AccountKind, TelegramAccount
from tgforward.db.models.config import ConfigState, TGForwardConfig
from tgforward.db.models.dest import DestState
from tgforward.db.session import Session, reading
from tgforward.db.slot_counts import SlotCount, load_slot_counts
from tgforward.db.transaction import in_transaction
from tgforward.errors import BotCannotRead, NotFound
from tgforward.services.database import Stored
from tgforward.services.hindrances import load_surroundings, what_delays, what_stops
from tgforward.services.known_accounts import require_account
from tgforward.types import ConfigId


async def all_configs(
    deps: Stored, *, after: ConfigId | None = None, limit: int | None = None
) -> Sequence[TGForwardConfig]:
    """The configs by number: at most `limit` of those after `after`."""
    async with reading(deps.session_factory) as session:
        return await list_configs(session, after=after, limit=limit)


async def require_config(deps: Stored, config_id: ConfigId) -> TGForwardConfig:
    """The config of that number.

    Raises:
        NotFound: there is none.
    """
    async with reading(deps.session_factory) as session:
        row = await load_config(session, config_id)
    if row is None:
        raise NotFound(f"there is no config {config_id}: see tgforward config list")
    return row


async def slot_count(deps: Stored, config_id: ConfigId) -> SlotCount:
    """How many slots of a config brought no run."""
    async with reading(deps.session_factory) as session:
        return (await load_slot_counts(session, [config_id])).get(config_id, SlotCount(config_id))


async def pause_config(deps: Stored, config_id: ConfigId, *, actor: str) -> None:
    """Stop a config until it is resumed.

    Raises:
        NotFound: no such config.
    """
    await _set_state(deps, config_id, ConfigState.PAUSED, actor=actor)


async def resume_config(deps: Stored, config_id: ConfigId, *, actor: str) -> str | None:
    """Run a paused or parked config and its parked dests again; answers what still keeps it from running, or None.

    Raises:
        NotFound: no such config.
    """
    await _set_state(deps, config_id, ConfigState.ACTIVE, actor=actor)
    row = await require_config(deps, config_id)
    async with reading(deps.session_factory) as session:
        around = await load_surroundings(session, [row], deps.clock.now())
    return what_stops(row, around) or what_delays(row, around)


async def adopt(deps: Stored, account: str, *, with_history: bool, actor: str) -> int:
    """Give the configs of the older schema, which have no account, to one; answers how many.

    Raises:
        NotFound: no such account.
        BotCannotRead: it is a bot.
    """

    async def store(session: Session) -> int:
        row = await require_account(session, account)
        require_reader(row)
        count = await adopt_configs(session, row.id, with_history=with_history)
        detail = {"configs": count, "with_history": with_history}
        await record_change(session, actor=actor, action="config.adopt", target=account, detail=detail)
        return count

    return await in_transaction(deps.session_factory, store)


async def choose_account(deps: Stored, name: str | None) -> TelegramAccount:
    """The account of that name, or the only one there is, if it can read a source.

    Raises:
        InvalidInput: no such account, or several and none was named.
        BotCannotRead: it is a bot.
    """
    async with reading(deps.session_factory) as session:
        account = await require_account(session, name)
    require_reader(account)
    return account


async def account_of(deps: Stored, row: TGForwardConfig, name: str | None = None) -> TelegramAccount:
    """The named account, else the config's own, else the only one there is.

    Raises:
        InvalidInput: no such account, or several and none was named.
        BotCannotRead: it is a bot.
    """
    if name is not None or row.account_id is None:
        return await choose_account(deps, name)
    async with reading(deps.session_factory) as session:
        account = await load_account(session, row.account_id)
    assert account is not None, "the foreign key holds"
    return account


def require_reader(account: TelegramAccount) -> None:
    """Returns if the account can read a source.

    Raises:
        BotCannotRead: it is a bot.
    """
    if account.kind is AccountKind.BOT:
        raise BotCannotRead(
            f"account {account.name} is a bot, and Telegram lets no bot read a chat's history: "
            "choose a user account with --account"
        )


async def _set_state(deps: Stored, config_id: ConfigId, state: ConfigState, *, actor: str) -> None:
    await require_config(deps, config_id)

    async def store(session: Session) -> None:
        await set_config_state(session, config_id, state, reason=None)
        if state is ConfigState.ACTIVE:
            await _resume_dests(session, config_id)
        await record_change(session, actor=actor, action=f"config.{state}", target=str(config_id), detail={})

    await in_transaction(deps.session_factory, store)


async def _resume_dests(session: Session, config_id: ConfigId) -> None:
    for dest in (await list_dests(session, [config_id])).get(config_id, []):
        if dest.state is DestState.PARKED:
            await set_dest_state(session, config_id, dest.number, DestState.ACTIVE)
