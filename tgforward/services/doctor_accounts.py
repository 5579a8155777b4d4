"""Are the accounts fit? Each one's session, and what each config needs of Telegram."""

from collections.abc import Iterator, Sequence

from tgforward.db.models.account import AccountState, TelegramAccount
from tgforward.db.models.config import ConfigState, TGForwardConfig
from tgforward.db.session import reading
from tgforward.db.workers import list_live
from tgforward.errors import AccountRests, ConnectionLost, FloodWait, PeerFlood, TgforwardError
from tgforward.services.config_status import ConfigPage, FoundConfigs, find_configs
from tgforward.services.database import Stored
from tgforward.services.deps import Deps
from tgforward.services.examination import Complaints, examine
from tgforward.services.findings import Finding, failed, ok, warning
from tgforward.services.hindrances import shown_time, wait_end, what_stops
from tgforward.types import AccountId, ConfigId

UNKNOWN = (FloodWait, PeerFlood, AccountRests, ConnectionLost)
"""Errors that say nothing about the session."""


async def look_at_accounts(deps: Deps, page: ConfigPage) -> list[Finding]:
    """Workers, the session of each account, and the rights of each config of a page; a resting account is not asked.

    A session that a worker owns is looked at by that worker.

    Raises:
        InvalidInput: there is no account of that name.
    """
    found = await find_configs(deps, page)
    findings = [await _workers(deps)]
    for account in found.around.accounts.values():
        if page.account in (None, account.name):
            findings += await _account(deps, account, found)
    findings += [_orphan(row, found) for row in found.rows if row.account_id is None]
    return findings


async def _workers(deps: Stored) -> Finding:
    async with reading(deps.session_factory) as session:
        count = len(await list_live(session))
    if count:
        return ok("workers", f"{count} alive")
    return warning("workers", "none is alive: tgforward up, or tgforward worker")


async def _account(deps: Deps, account: TelegramAccount, found: FoundConfigs) -> list[Finding]:
    subject = f"account {account.name}"
    configs = [row for row in found.rows if row.account_id == account.id]
    if account.state is AccountState.PARKED:
        advice = f"tgforward account resume {account.name}"
        return [failed(subject, f"parked ({account.state_reason}): {advice}"), *_unasked(configs, found)]
    if (until := wait_end(account, found.around.now)) is not None:
        why = f"rests until {shown_time(until)} ({account.wait_reason})"
        return [warning(subject, f"{why}; Telegram was not asked"), *_unasked(configs, found)]
    running = [row.id for row in configs if what_stops(row, found.around) is None]
    try:
        complaints = await examine(deps, AccountId(account.id), running)
    except UNKNOWN as error:
        return [warning(subject, f"could not be asked: {error}"), *_unasked(configs, found)]
    except TgforwardError as error:
        return [failed(subject, str(error)), *_unasked(configs, found)]
    return [ok(subject, "the session is valid"), *_configs(configs, found, complaints)]


def _unasked(configs: Sequence[TGForwardConfig], found: FoundConfigs) -> list[Finding]:
    """Only what the database knows of them."""
    return list(_configs(configs, found, {}))


def _configs(configs: Sequence[TGForwardConfig], found: FoundConfigs, complaints: Complaints) -> Iterator[Finding]:
    for row in configs:
        subject = f"config {row.id}"
        if row.state is ConfigState.PAUSED:
            yield ok(subject, "paused by a person")
        elif (hindrance := what_stops(row, found.around)) is not None:
            yield failed(subject, f"does not run: {hindrance}")
        elif row.id not in complaints:
            yield warning(subject, "its rights are unknown: its account was not asked")
        elif (complaint := complaints[ConfigId(row.id)]) is not None:
            yield failed(subject, complaint)
        else:
            yield ok(subject, "the source can be read and every dest written to")


def _orphan(row: TGForwardConfig, found: FoundConfigs) -> Finding:
    return failed(f"config {row.id}", f"does not run: {what_stops(row, found.around)}")
