"""Accounts that are stored: found, listed, stopped, cleared of what stopped them, and forgotten."""

from collections.abc import Sequence

from tgforward.db.accounts import (
    list_accounts,
    load_account_named,
    remove_account,
    set_account_state,
    set_account_wait,
)
from tgforward.db.audit import record_change
from tgforward.db.configs import list_configs
from tgforward.db.models.account import AccountState, TelegramAccount
from tgforward.db.session import Session, reading
from tgforward.db.transaction import in_transaction
from tgforward.db.waits import clear_wait
from tgforward.errors import InvalidInput, NotFound
from tgforward.services.database import Stored
from tgforward.types import AccountId

PAUSED_BY_HAND = "paused by a person"


async def all_accounts(
    deps: Stored, *, after: AccountId | None = None, limit: int | None = None
) -> Sequence[TelegramAccount]:
    """The accounts by number: at most `limit` of those after `after`."""
    async with reading(deps.session_factory) as session:
        return await list_accounts(session, after=after, limit=limit)


async def load_known(deps: Stored, name: str) -> TelegramAccount:
    """The account of that name.

    Raises:
        InvalidInput: there is none, or it has no session to work with.
    """
    async with reading(deps.session_factory) as session:
        account = await require_account(session, name)
    if account.session_sealed is None:
        raise InvalidInput(f"account {name} has no session: tgforward account login {name}")
    return account


async def clear_account(deps: Stored, name: str, *, actor: str) -> None:
    """Let an account work again: forgets why it was parked, and every wait of it and of its dests.

    Raises:
        NotFound: no such account.
    """

    async def work(session: Session) -> None:
        account = await require_account(session, name)
        detail = {"reason": account.state_reason, "wait": account.wait_reason}
        await set_account_state(session, account.id, AccountState.ACTIVE)
        await set_account_wait(session, account.id, None)
        await clear_wait(session, account.id)
        await record_change(session, actor=actor, action="account.resume", target=name, detail=detail)

    await in_transaction(deps.session_factory, work)


async def pause_account(deps: Stored, name: str, *, actor: str) -> None:
    """Stop every config of an account until it is resumed.

    Raises:
        NotFound: no such account.
    """

    async def work(session: Session) -> None:
        account = await require_account(session, name)
        await set_account_state(session, account.id, AccountState.PARKED, PAUSED_BY_HAND)
        await record_change(session, actor=actor, action="account.pause", target=name, detail={})

    await in_transaction(deps.session_factory, work)


async def forget_account(deps: Stored, name: str, *, actor: str) -> None:
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
            raise NotFound(f"there is no account named {name}: see tgforward account list")
        return account
    accounts = await list_accounts(session)
    if not accounts:
        raise InvalidInput("there is no account yet: add one with tgforward account login NAME")
    if len(accounts) > 1:
        names = ", ".join(account.name for account in accounts)
        raise InvalidInput(f"there are several accounts ({names}): choose one with --account NAME")
    return accounts[0]
