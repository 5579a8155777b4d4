"""Channels, supergroups, basic groups and private chats, and who is what in them."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from tgforward.sandbox.world.accounts import Account
from tgforward.sandbox.world.events import EventLog
from tgforward.sandbox.world.history import History

CHANNEL_MARK = 1_000_000_000_000
GENERAL_TOPIC = 1


class ChatKind(StrEnum):
    """The four kinds that number their messages or address their members differently."""

    BROADCAST = "broadcast"
    SUPERGROUP = "supergroup"
    GROUP = "group"
    PRIVATE = "private"


@dataclass(slots=True)
class Member:
    """What an account may do in a chat."""

    account: Account
    joined_at: datetime
    is_creator: bool = False
    is_admin: bool = False
    can_post: bool = False
    can_edit: bool = False
    is_restricted: bool = False
    last_sent_at: datetime | None = None


@dataclass(slots=True)
class Topic:
    """A thread of a forum; its id is the id of the service message that began it. Number 1 is the general one."""

    id: int
    title: str
    created_at: datetime
    creator: Account | None = None
    is_closed: bool = False
    is_deleted: bool = False


@dataclass(eq=False, slots=True)
class Chat:
    """Any chat; `key` is unique over all kinds, `id` is what the wire shows."""

    key: int
    id: int
    kind: ChatKind
    title: str
    created_at: datetime
    username: str | None = None
    invite: str = ""
    is_protected: bool = False
    is_read_only: bool = False
    is_forum: bool = False
    slow_mode_s: int = 0
    members: dict[int, Member] = field(default_factory=dict, repr=False)
    banned: set[int] = field(default_factory=set, repr=False)
    topics: dict[int, Topic] = field(default_factory=dict, repr=False)
    histories: dict[int, History] = field(default_factory=dict, repr=False)
    log: EventLog = field(default_factory=EventLog, repr=False)
    last_message_id: int = 0
    migrated_to: "Chat | None" = None
    migrated_from: "Chat | None" = None

    @property
    def is_channel(self) -> bool:
        """Whether messages are numbered in the chat itself: broadcast channels and supergroups."""
        return self.kind in (ChatKind.BROADCAST, ChatKind.SUPERGROUP)

    @property
    def marked_id(self) -> int:
        """The id as clients show it: `-100…` for channels, negative for basic groups."""
        if self.is_channel:
            return -(CHANNEL_MARK + self.id)
        return -self.id if self.kind is ChatKind.GROUP else self.id

    def history(self, account: Account | None = None) -> History:
        """The messages as `account` sees them; channels show everybody the same."""
        key = 0 if self.is_channel or account is None else account.id
        return self.histories.setdefault(key, History())

    def member(self, account: Account) -> Member | None:
        """The account's membership, if it has one."""
        return self.members.get(account.id)

    def next_message_id(self) -> int:
        """A number for a message in a channel."""
        self.last_message_id += 1
        return self.last_message_id

    def accounts(self) -> list[Account]:
        """Every member."""
        return [member.account for member in self.members.values()]
