"""What entries speak of: accounts, users and chats that are stored, so that their names become ids."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tgforward.db.accounts import list_accounts
from tgforward.db.models import AccountKind, TelegramAccount
from tgforward.db.peers import load_names
from tgforward.db.session import Session
from tgforward.db.users import list_users
from tgforward.errors import InvalidInput
from tgforward.forwarding.links import ById, ByUsername, parse_chat_reference
from tgforward.services.bulk.document import Document
from tgforward.services.spots import NamedDest
from tgforward.types import AccountId, ChatId


@dataclass(frozen=True, slots=True)
class Known:
    """What is stored beside the configs."""

    accounts: Mapping[str, TelegramAccount]
    users: frozenset[str]
    names: Mapping[tuple[AccountId, str], ChatId]
    _found: dict[tuple[str | None, str], ChatId] = field(default_factory=dict)

    def account(self, values: Mapping[str, object]) -> str | None:
        """The account of an entry: the one it names, else the only one there is; None if it says that it has none.

        Raises:
            InvalidInput: there is no such account, it cannot read, or there is not just one.
        """
        if "account" not in values:
            if len(self.accounts) != 1:
                raise InvalidInput("the config names no account, and there is not just one: write account")
            return next(iter(self.accounts))
        name = values["account"]
        if name is None:
            return None
        if name not in self.accounts:
            raise InvalidInput(f"there is no account {name}: tgforward account login {name}")
        if self.accounts[str(name)].kind is AccountKind.BOT:
            raise InvalidInput(f"account {name} is a bot and cannot read history: name a user account")
        return str(name)

    def user(self, user_id: str | None) -> None:
        """Returns if there is that user, or none is named.

        Raises:
            InvalidInput: there is not.
        """
        if user_id is not None and user_id not in self.users:
            raise InvalidInput(f"there is no user {user_id}: tgforward user add {user_id}")

    def chat(self, account: str | None, text: str) -> ChatId:
        """The chat that an entry of the account means; Telegram is not asked.

        Raises:
            InvalidInput: the account has never met a chat of that name.
        """
        if (account, text) not in self._found:
            self._found[account, text] = self._look_up(account, text)
        return self._found[account, text]

    def _look_up(self, account: str | None, text: str) -> ChatId:
        reference = parse_chat_reference(text)
        if isinstance(reference, ById):
            return reference.chat_id
        if isinstance(reference, ByUsername) and account is not None:
            found = self.names.get((self.accounts[account].id, reference.username.lower()))
            if found is not None:
                return found
        called = f"@{reference.username}" if isinstance(reference, ByUsername) else "that chat"
        raise InvalidInput(f"the account has not met {called}: write its id, or add --look-up")


async def load_known(session: Session, document: Document) -> Known:
    """What is stored now; names of chats only if the document has any."""
    accounts = {account.name: account for account in await list_accounts(session)}
    users = frozenset(user.id for user in await list_users(session))
    chats = (chat for entry in document.entries for chat in _chats(entry.values["source"], entry.dests))
    has_names = any(not chat.lstrip("-").isdigit() for chat in chats)
    return Known(accounts, users, await load_names(session) if has_names else {})


def _chats(source: str, dests: Sequence[NamedDest]) -> list[str]:
    return [source, *[dest.chat for dest in dests]]
