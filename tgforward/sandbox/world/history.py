"""The messages of one chat in order of their ids, and how `getHistory` cuts pages out of them."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from tgforward.sandbox.world.messages import StoredMessage

LONGEST_PAGE = 100


@dataclass(frozen=True, slots=True)
class Page:
    """What a client asks of `getHistory`; zeroes mean "not given"."""

    offset_id: int = 0
    offset_date: datetime | None = None
    add_offset: int = 0
    limit: int = LONGEST_PAGE
    max_id: int = 0
    min_id: int = 0


@dataclass(slots=True)
class History:
    """Messages by id, ascending; ids of deleted messages leave gaps."""

    ids: list[int] = field(default_factory=list)
    messages: dict[int, StoredMessage] = field(default_factory=dict)

    def add(self, message_id: int, message: StoredMessage) -> None:
        """Appends a message; ids only rise."""
        self.ids.append(message_id)
        self.messages[message_id] = message

    def remove(self, message_id: int) -> StoredMessage | None:
        """Takes a message out, if it is there."""
        message = self.messages.pop(message_id, None)
        if message is not None:
            del self.ids[bisect_left(self.ids, message_id)]
        return message

    def top_id(self) -> int:
        """The newest message's id; 0 in an empty chat."""
        return self.ids[-1] if self.ids else 0

    def page(self, page: Page) -> list[int]:
        """Ids, newest first, as Telegram cuts them.

        The window starts `add_offset` messages below the newest one older than `offset_id` (else than `offset_date`);
        a negative `add_offset` moves it up, and what lies above the newest message is cut off. `max_id` and `min_id`
        are exclusive and only filter the window, they do not move it.

        Source: core.telegram.org/api/offsets
        """
        end = self._older_than(page) - page.add_offset
        start = end - max(0, min(page.limit, LONGEST_PAGE))
        window = self.ids[max(0, start) : max(0, end)]
        return [
            message_id
            for message_id in reversed(window)
            if message_id > page.min_id and (not page.max_id or message_id < page.max_id)
        ]

    def newest_first(self) -> Iterable[StoredMessage]:
        """Every message, from the newest on."""
        return (self.messages[message_id] for message_id in reversed(self.ids))

    def _older_than(self, page: Page) -> int:
        if page.offset_id:
            return bisect_left(self.ids, page.offset_id)
        if page.offset_date is not None and page.offset_date.timestamp() > 0:
            return bisect_left(self.ids, page.offset_date, key=lambda message_id: self.messages[message_id].date)
        return len(self.ids)
