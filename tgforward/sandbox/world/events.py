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
    PIN = "pin"
    UNPIN = "unpin"


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
    """A sequence of events; `pts` starts at 1 because clients take 0 for unknown.

    It keeps the last `longest` of them, or all; `begin` is the oldest `pts` from which nothing is missing.
    """

    pts: int = 1
    begin: int = 1
    longest: int | None = None
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
        self._forget()
        return event

    def keep(self, longest: int | None) -> None:
        """Keeps that many events from now on; None keeps all."""
        self.longest = longest
        self._forget()

    def reaches(self, pts: int) -> bool:
        """Whether a client at `pts` can be told everything that it has missed."""
        return pts >= self.begin

    def after(self, pts: int) -> list[Event]:
        """The events that a client at `pts` has not seen."""
        return self.events[bisect_right(self.events, pts, key=lambda event: event.pts) :]

    def _forget(self) -> None:
        if self.longest is not None and len(self.events) > self.longest:
            cut = len(self.events) - self.longest
            self.begin = self.events[cut - 1].pts
            del self.events[:cut]
