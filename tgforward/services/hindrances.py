"""Why a config does not run, in one sentence that says what a person can do about it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from tgforward.db.accounts import list_accounts
from tgforward.db.dests import list_dests
from tgforward.db.models.account import AccountState, TelegramAccount
from tgforward.db.models.config import ConfigState, TGForwardConfig
from tgforward.db.models.dest import DestState, ForwardDest
from tgforward.db.models.user import User
from tgforward.db.models.wait import ChatWait
from tgforward.db.session import Session
from tgforward.db.users import load_users
from tgforward.db.waits import load_waits
from tgforward.errors import InvalidInput
from tgforward.forwarding.rules import Rules
from tgforward.forwarding.ruleset import parse_ruleset
from tgforward.types import AccountId, ChatId, ConfigId


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What beside its own state decides whether a config runs."""

    accounts: Mapping[AccountId, TelegramAccount]
    users: Mapping[str, User]
    waits: Mapping[tuple[AccountId, ChatId], ChatWait]
    dests: Mapping[ConfigId, Sequence[ForwardDest]]
    """The further dests of each config that has any."""
    now: datetime


async def load_surroundings(session: Session, configs: Collection[TGForwardConfig], now: datetime) -> Surroundings:
    """The accounts, users, waits and further dests that concern some configs."""
    owners = {config.user_id for config in configs if config.user_id is not None}
    return Surroundings(
        accounts={account.id: account for account in await list_accounts(session)},
        users=await load_users(session, owners),
        waits={(wait.account_id, wait.chat_id): wait for wait in await load_waits(session, None, now)},
        dests=await list_dests(session, [config.id for config in configs]),
        now=now,
    )


def what_stops(config: TGForwardConfig, around: Surroundings) -> str | None:
    """Why a config does not run until a person does something; None if nothing stops it."""
    if config.state is ConfigState.PAUSED:
        return f"it is paused: tgforward config resume {config.id}"
    if config.state is ConfigState.PARKED:
        return f"it is parked ({config.state_reason}): tgforward config resume {config.id}"
    return _account_stops(config, around) or _user_stops(config, around)


def what_delays(config: TGForwardConfig, around: Surroundings) -> str | None:
    """Why a config sends nothing to one of its dests before a moment that comes by itself; None if it need not wait."""
    if config.account_id is None:
        return None
    account = around.accounts[config.account_id]
    if (until := wait_end(account, around.now)) is not None:
        return f"account {account.name} rests until {shown_time(until)} ({account.wait_reason})"
    return _hours_delay(config, around.now) or _dests_delay(config, account.id, around)


def wait_end(account: TelegramAccount, now: datetime) -> datetime | None:
    """When the account may work again; None if it may now."""
    return account.wait_until if account.wait_until is not None and account.wait_until > now else None


def is_expired(user: User, now: datetime) -> bool:
    """Whether the user's configs stand still."""
    return user.auth_time is not None and user.auth_time <= now


def shown_time(moment: datetime) -> str:
    """A moment for people, in the machine's time zone."""
    return moment.astimezone().strftime("%Y-%m-%d %H:%M:%S")


def _account_stops(config: TGForwardConfig, around: Surroundings) -> str | None:
    if config.account_id is None:
        return f"it has no account: tgforward config edit {config.id} --account NAME"
    account = around.accounts[config.account_id]
    if account.state is not AccountState.PARKED:
        return None
    return f"account {account.name} is parked ({account.state_reason}): tgforward account resume {account.name}"


def _user_stops(config: TGForwardConfig, around: Surroundings) -> str | None:
    user = around.users.get(config.user_id) if config.user_id is not None else None
    if user is None or user.auth_time is None or not is_expired(user, around.now):
        return None
    return f"the time of user {user.id} ended at {shown_time(user.auth_time)}: tgforward user extend {user.id} --days N"


def _hours_delay(config: TGForwardConfig, now: datetime) -> str | None:
    if config.rules is None:
        return None
    zone = ZoneInfo(config.time_zone)
    try:
        hours = Rules.parse(ruleset=parse_ruleset(config.rules), zone=zone).hours
    except InvalidInput:
        return None  # the next run parks the config, and says what is wrong
    opens_at = None if hours is None else hours.opens_at(now)
    return None if opens_at is None else f"outside of its hours until {opens_at.astimezone(zone):%H:%M} ({zone.key})"


def _dests_delay(config: TGForwardConfig, account_id: AccountId, around: Surroundings) -> str | None:
    """The others go on meanwhile."""
    active = [dest for dest in around.dests.get(config.id, ()) if dest.state is DestState.ACTIVE]
    named = [("the dest", config.dest), *((f"dest {dest.number}", dest.chat_id) for dest in active)]
    waits = [(name, wait) for name, chat in named if (wait := around.waits.get((account_id, chat))) is not None]
    sentences = [f"{name} takes nothing until {shown_time(wait.until)} ({wait.reason})" for name, wait in waits]
    return "; ".join(sentences) or None
