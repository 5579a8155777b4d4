"""Log-ins: added by phone, code and password or from a ready session; sealed before they are stored."""

from dataclasses import dataclass

from tgforward.db.accounts import add_account, load_account_named, set_account_session, set_account_state
from tgforward.db.audit import record_change
from tgforward.db.configs import count_orphans
from tgforward.db.models.account import AccountKind, AccountState, TelegramAccount
from tgforward.db.session import Session
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


def _same_user(account: TelegramAccount, logged_in: LoggedIn) -> None:
    if account.user_id is not None and account.user_id != logged_in.user_id:
        raise InvalidInput(f"account {account.name} belongs to another Telegram user: choose another name")
