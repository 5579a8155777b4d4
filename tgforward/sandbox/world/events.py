"""What happened in a sequence that clients count with `pts`: a channel's, or an account's own."""

from bisect import bisect_right
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tgforward.sandbox.world.accounts import Account
    from tgforward.sandbox.world.chats import Chat
    from tgforward.sandbox.world.messages import StoredMessage


class EventKind(StrEnum):
    """What an event did to messages."""

    NEW = "new"
    EDIT = "edit"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Event:
    """One step of a sequence; `ids` is for deletions."""

    kind: EventKind
    chat: "Chat"
    pts: int
    pts_count: int
    message: "StoredMessage | None" = None
    ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """An event, and the account whose connections should hear of it."""

    account: "Account"
    event: Event


@dataclass(slots=True)
class EventLog:
    """A sequence of events; `pts` starts at 1 because clients take 0 for unknown."""

    pts: int = 1
    events: list[Event] = field(default_factory=list)

    def add(
        self,
        kind: EventKind,
        chat: "Chat",
        message: "StoredMessage | None" = None,
        ids: tuple[int, ...] = (),
    ) -> Event:
        """Appends an event and counts it."""
        count = len(ids) or 1
        self.pts += count
        event = Event(kind, chat, self.pts, count, message, ids)
        self.events.append(event)
        return event

    def after(self, pts: int) -> list[Event]:
        """The events that a client at `pts` has not seen."""
        return self.events[bisect_right(self.events, pts, key=lambda event: event.pts) :]
