"""Log-ins: added by phone, code and password or from a ready session; sealed before they are stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tgforward.db.accounts import (
    add_account,
    list_accounts,
    load_account_named,
    remove_account,
    set_account_session,
    set_account_state,
)
from tgforward.db.audit import record_change
from tgforward.db.configs import count_orphans, list_configs
from tgforward.db.models.account import AccountKind, AccountState, TelegramAccount
from tgforward.db.session import Session, reading
from tgforward.db.transaction import in_transaction
from tgforward.errors import InvalidInput
from tgforward.services.deps import Deps
from tgforward.telegram.login import LoggedIn, who_am_i
from tgforward.types import AccountId


@dataclass(frozen=True, slots=True)
class StoredAccount:
    """What came of a log-in."""

    id: AccountId
    name: str
    kind: AccountKind
    orphans: int
    """Configs without an account (of the older schema), which cannot run."""


async def store_login(deps: Deps, name: str, logged_in: LoggedIn, *, actor: str) -> StoredAccount:
    """Keep a log-in under a name; a name that exists gets the new session and works again."""
    sealed = deps.vault.seal(logged_in.session)
    kind = AccountKind.BOT if logged_in.is_bot else AccountKind.USER

    async def store(session: Session) -> StoredAccount:
        account = await load_account_named(session, name)
        if account is None:
            account = await add_account(session, name=name, kind=kind, user_id=logged_in.user_id, session_sealed=sealed)
        else:
            _same_user(account, logged_in)
            await set_account_session(session, account.id, sealed, user_id=logged_in.user_id)
            await set_account_state(session, account.id, AccountState.ACTIVE)
        await record_change(session, actor=actor, action="account.login", target=name, detail={"kind": kind})
        return StoredAccount(account.id, name, kind, await count_orphans(session))

    return await in_transaction(deps.session_factory, store)


async def import_account(deps: Deps, name: str, session_text: str, *, actor: str) -> StoredAccount:
    """Keep a session that was made elsewhere, after asking Telegram whose it is.

    Raises:
        AccountRevoked: the session is not valid (any more).
    """
    connection = await deps.open_connection(session_text)
    try:
        who = await who_am_i(connection)
        logged_in = LoggedIn(who.user_id, who.name, who.is_bot, who.username, session=connection.session)
    finally:
        await connection.close()
    return await store_login(deps, name, logged_in, actor=actor)


async def all_accounts(deps: Deps) -> Sequence[TelegramAccount]:
    """Every account by name."""
    async with reading(deps.session_factory) as session:
        return await list_accounts(session)


async def forget_account(deps: Deps, name: str, *, actor: str) -> None:
    """Remove an account and its session from the database.

    Raises:
        InvalidInput: no such account, or configs still use it.
    """

    async def work(session: Session) -> None:
        account = await require_account(session, name)
        if used := len(await list_configs(session, account_id=account.id)):
            raise InvalidInput(
                f"account {name} is used by {used} config(s): remove them or move them to another account first "
                f"(tgforward config edit ID --account OTHER)"
            )
        await remove_account(session, account.id)
        await record_change(session, actor=actor, action="account.remove", target=name, detail={})

    await in_transaction(deps.session_factory, work)


async def require_account(session: Session, name: str | None) -> TelegramAccount:
    """The account of that name; without a name the only one there is.

    Raises:
        InvalidInput: there is none, or more than one to choose from.
    """
    if name is not None:
        account = await load_account_named(session, name)
        if account is None:
            raise InvalidInput(f"there is no account named {name}: see tgforward account list")
        return account
    accounts = await list_accounts(session)
    if not accounts:
        raise InvalidInput("there is no account yet: add one with tgforward account login NAME")
    if len(accounts) > 1:
        names = ", ".join(account.name for account in accounts)
        raise InvalidInput(f"there are several accounts ({names}): choose one with --account NAME")
    return accounts[0]


def _same_user(account: TelegramAccount, logged_in: LoggedIn) -> None:
    if account.user_id is not None and account.user_id != logged_in.user_id:
        raise InvalidInput(f"account {account.name} belongs to another Telegram user: choose another name")


def wait_left(account: TelegramAccount, now: datetime) -> float:
    """Seconds that the account still has to rest; 0 if it may work."""
    return 0.0 if account.wait_until is None else max(0.0, (account.wait_until - now).total_seconds())
