"""The world behind the server: tests and the demo build it with these methods, clients through the API."""

import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import NoReturn

from telethon.tl import types

from tgforward.clock import Clock, SystemClock
from tgforward.sandbox.world.accounts import Account
from tgforward.sandbox.world.chats import GENERAL_TOPIC, Chat, ChatKind, Member, Topic
from tgforward.sandbox.world.files import Files
from tgforward.sandbox.world.messages import Draft
from tgforward.sandbox.world.password import TwoStepPassword
from tgforward.sandbox.world.posts import Posts
from tgforward.sandbox.world.store import Store
from tgforward.sandbox.world.text import Limits
from tgforward.sandbox.world.topics import Topics

FIRST_USER, FIRST_GROUP, FIRST_CHANNEL = 1_000_000_001, 400_000_001, 1_600_000_001


class World(Posts, Topics):
    """Accounts, chats and messages; `seed` makes the access hashes."""

    def __init__(self, seed: int = 1, clock: Clock | None = None, dc_id: int = 2) -> None:
        self.seed = seed
        self.dc_id = dc_id
        self.accounts: dict[int, Account] = {}
        self.groups: dict[int, Chat] = {}
        self.channels: dict[int, Chat] = {}
        self.private_chats: dict[frozenset[int], Chat] = {}
        self.chats: dict[int, Chat] = {}
        self.usernames: dict[str, Account | Chat] = {}
        self.phones: dict[str, Account] = {}
        self.limits = Limits()
        self._kept_events: int | None = None
        clock = clock or SystemClock()
        super().__init__(Store(clock), Files(clock))

    def now(self) -> datetime:
        """The world's time."""
        return self.store.now()

    def add_user(
        self,
        name: str,
        *,
        phone: str | None = None,
        username: str | None = None,
        password: str | None = None,
        code: str | None = None,
        premium: bool = False,
    ) -> Account:
        """A person; the log-in code is the phone number's last five digits unless one is given."""
        number = FIRST_USER + len(self.accounts)
        digits = (phone or f"99966{number % 10**5:05}").lstrip("+").replace(" ", "")
        account = Account(number, name, digits, username, is_premium=premium, code=code or digits[-5:])
        account.password = TwoStepPassword(password) if password is not None else None
        self.phones[digits] = account
        return self._add_account(account)

    def add_bot(self, username: str) -> Account:
        """A bot; it logs in with `account.token`."""
        number = FIRST_USER + len(self.accounts)
        account = Account(number, username, username=username, is_bot=True)
        account.token = f"{number}:{secrets.token_urlsafe(24)}"
        return self._add_account(account)

    def add_channel(
        self,
        title: str,
        *,
        username: str | None = None,
        admins: Iterable[Account] = (),
        members: Iterable[Account] = (),
        protected: bool = False,
        broadcast: bool = True,
        forum: bool = False,
        read_only: bool = False,
        slow_mode_s: int = 0,
    ) -> Chat:
        """A broadcast channel, or a supergroup with `broadcast=False`; the first admin is its creator."""
        kind = ChatKind.BROADCAST if broadcast else ChatKind.SUPERGROUP
        chat = self._new_chat(FIRST_CHANNEL + len(self.channels), kind, title)
        chat.username, chat.is_protected, chat.is_forum = username, protected, forum
        chat.is_read_only, chat.slow_mode_s = read_only, slow_mode_s
        self.channels[chat.id] = chat
        if username is not None:
            self.usernames[username.lower()] = chat
        self._fill(chat, admins, members)
        if forum:
            # Message 1 stands for the topic "General": no other topic may get that id.
            self.store.add(chat, None, Draft(action=types.MessageActionChannelCreate(title)))
            chat.topics[GENERAL_TOPIC] = Topic(GENERAL_TOPIC, "General", self.now().replace(microsecond=0))
        return chat

    def add_group(
        self, title: str, *, admins: Iterable[Account] = (), members: Iterable[Account] = (), protected: bool = False
    ) -> Chat:
        """A basic group; its messages are numbered per account."""
        chat = self._new_chat(FIRST_GROUP + len(self.groups), ChatKind.GROUP, title)
        chat.is_protected = protected
        self.groups[chat.id] = chat
        self._fill(chat, admins, members)
        return chat

    def migrate(self, group: Chat) -> Chat:
        """Turns a basic group into a supergroup with a new id and new message numbers."""
        admins = [member.account for member in group.members.values() if member.is_admin]
        chat = self.add_channel(group.title, admins=admins, members=group.accounts(), broadcast=False)
        chat.is_protected, chat.migrated_from, group.migrated_to = group.is_protected, group, chat
        self.store.add(group, None, Draft(action=types.MessageActionChatMigrateTo(chat.id)))
        self.store.add(chat, None, Draft(action=types.MessageActionChannelMigrateFrom(group.title, group.id)))
        return chat

    def private_chat(self, one: Account, other: Account) -> Chat:
        """The private chat of two accounts; an account with itself has its saved messages."""
        key = frozenset((one.id, other.id))
        if key not in self.private_chats:
            chat = self.private_chats[key] = self._new_chat(other.id, ChatKind.PRIVATE, other.name)
            for account in (one, other):
                chat.members[account.id] = Member(account, self.now())
        return self.private_chats[key]

    def join(self, chat: Chat, account: Account, *, admin: bool = False) -> Member:
        """Makes the account a member, or an admin who may post."""
        member = chat.members.setdefault(account.id, Member(account, self.now().replace(microsecond=0)))
        if admin:
            member.is_admin = member.can_post = member.can_edit = True
        return member

    def leave(self, chat: Chat, account: Account) -> None:
        """Ends the account's membership."""
        chat.members.pop(account.id, None)

    def ban(self, chat: Chat, account: Account) -> None:
        """Removes the account for good: even a public chat is closed to it."""
        self.leave(chat, account)
        chat.banned.add(account.id)

    def unban(self, chat: Chat, account: Account) -> None:
        """Lets the account come back; it is not a member yet."""
        chat.banned.discard(account.id)

    def restrict(self, chat: Chat, account: Account, *, restricted: bool = True) -> None:
        """Takes from a member the right to send, or gives it back."""
        chat.members[account.id].is_restricted = restricted

    def demote(self, chat: Chat, account: Account) -> None:
        """Makes an admin a plain member."""
        member = chat.members[account.id]
        member.is_admin = member.is_creator = member.can_post = member.can_edit = False

    def grant(self, chat: Chat, account: Account, *, can_post: bool = True, can_edit: bool = True) -> None:
        """Says what an admin of a broadcast channel may do with its posts: write them, and edit those of others."""
        member = chat.members[account.id]
        member.can_post, member.can_edit = can_post, can_edit

    def keep_events(self, longest: int | None) -> None:
        """Lets every chat and account forget all but its last events: who has missed more cannot be told of them."""
        self._kept_events = longest
        chats = [chat.log for chat in self.chats.values()]
        for log in (*chats, *(account.log for account in self.accounts.values())):
            log.keep(longest)

    def protect(self, chat: Chat, *, protected: bool = True) -> None:
        """Forbids or allows forwarding from the chat."""
        chat.is_protected = protected

    def rename(self, chat: Chat, *, username: str | None) -> None:
        """Gives a channel another username; None makes it private."""
        if chat.username is not None:
            self.usernames.pop(chat.username.lower(), None)
        chat.username = username
        if username is not None:
            self.usernames[username.lower()] = chat

    def invite_link(self, chat: Chat) -> str:
        """A `t.me/+…` link by which accounts can join."""
        chat.invite = chat.invite or secrets.token_urlsafe(12)
        return f"https://t.me/+{chat.invite}"

    def account(self, name: str) -> Account:
        """The account with that name.

        Raises:
            KeyError: there is none.
        """
        return next((known for known in self.accounts.values() if known.name == name), None) or _missing(name)

    def chat(self, name: str | int) -> Chat:
        """The group or channel with that username (with or without @), title or marked id.

        Raises:
            KeyError: there is none.
        """
        for chat in (*self.channels.values(), *self.groups.values()):
            if name in (chat.title, chat.username, f"@{chat.username}", chat.marked_id):
                return chat
        return _missing(name)

    def _add_account(self, account: Account) -> Account:
        account.log.keep(self._kept_events)
        self.accounts[account.id] = account
        if account.username is not None:
            self.usernames[account.username.lower()] = account
        return account

    def _new_chat(self, number: int, kind: ChatKind, title: str) -> Chat:
        chat = Chat(len(self.chats) + 1, number, kind, title, self.now().replace(microsecond=0))
        chat.log.keep(self._kept_events)
        self.chats[chat.key] = chat
        return chat

    def _fill(self, chat: Chat, admins: Iterable[Account], members: Iterable[Account]) -> None:
        for account in admins:
            self.join(chat, account, admin=True).is_creator = not chat.members or len(chat.members) == 1
        for account in members:
            self.join(chat, account)


def _missing(name: str | int) -> NoReturn:
    raise KeyError(f"the sandbox has no account or chat {name!r}")
