"""How messages get into chats, change, and vanish; each step is journalled and told to those who should hear of it."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from tgforward.clock import Clock
from tgforward.sandbox.journal import JournalEntry, entry_of
from tgforward.sandbox.world.accounts import Account
from tgforward.sandbox.world.chats import Chat
from tgforward.sandbox.world.events import EventKind, Notice
from tgforward.sandbox.world.messages import Content, Draft, StoredMessage

SentKey = tuple[int, int, int]


class Store:
    """All messages of the world.

    `edit_times_rise`: a second edit within one second is dated a second later. Without it the two have the same date,
    as Telegram's dates hold whole seconds.
    """

    def __init__(self, clock: Clock) -> None:
        self.edit_times_rise = True
        self._clock = clock
        self._listeners: list[Callable[[Notice], None]] = []
        self._sent: dict[SentKey, StoredMessage] = {}
        self._journals: dict[int, list[JournalEntry]] = {}

    def listen(self, listener: Callable[[Notice], None]) -> None:
        """Calls `listener` for every event and every account that should hear of it."""
        self._listeners.append(listener)

    def unlisten(self, listener: Callable[[Notice], None]) -> None:
        """Ends what `listen` began."""
        self._listeners.remove(listener)

    def journal(self, chat: Chat) -> list[JournalEntry]:
        """Everything ever stored in `chat`, in order."""
        return list(self._journals.get(chat.key, ()))

    def find_sent(self, account: Account, chat: Chat, random_id: int) -> StoredMessage | None:
        """What `account` sent to `chat` with that `random_id` before."""
        return self._sent.get((account.id, chat.key, random_id))

    def add(self, chat: Chat, sender: Account | None, draft: Draft) -> StoredMessage:
        """Stores a new message."""
        now = self._clock.now()
        date = (draft.date or now).replace(microsecond=0)
        message = StoredMessage(chat, 0, date, sender, draft, draft.text, draft.entities, draft.media)
        message.has_spoiler = draft.has_spoiler
        self._number(message)
        if sender is not None and draft.random_id is not None:
            self._sent[sender.id, chat.key, draft.random_id] = message
        self._journals.setdefault(chat.key, []).append(entry_of(message, now))
        self._tell(EventKind.NEW, message)
        return message

    def edit(self, message: StoredMessage, content: Content) -> None:
        """Replaces what a message says and carries."""
        message.text, message.entities, message.media = content.text, content.entities, content.media
        message.has_spoiler, message.is_touched = content.has_spoiler, False
        message.edited_at = self._edit_time(message.edited_at)
        self._change(EventKind.EDIT, message)

    def touch(self, message: StoredMessage) -> None:
        """Changes something of a message that is not its content, as a reaction does: an edit without an edit mark."""
        if message.edited_at is None or message.is_touched:
            message.is_touched, message.edited_at = True, self._edit_time(message.edited_at)
        self._change(EventKind.EDIT, message)

    def pin(self, message: StoredMessage, *, pinned: bool = True) -> None:
        """Pins or unpins a message; the service message that tells of it is another step."""
        message.is_pinned = pinned
        self._change(EventKind.PIN if pinned else EventKind.UNPIN, message)

    def delete(self, chat: Chat, message_ids: Iterable[int], account: Account | None = None) -> int:
        """Removes messages by the numbers that `account` sees; returns how many there were."""
        found = [chat.history(account).messages.get(message_id) for message_id in message_ids]
        messages = [message for message in found if message is not None]
        if chat.is_channel:
            self._delete_from_channel(chat, messages)
        else:
            self._delete_from_boxes(chat, messages)
        return len(messages)

    def _edit_time(self, previous: datetime | None) -> datetime:
        now = self._clock.now().replace(microsecond=0)
        if previous is None or not self.edit_times_rise:
            return now
        return max(now, previous + timedelta(seconds=1))

    def _change(self, kind: EventKind, message: StoredMessage) -> None:
        message.rendered.clear()
        self._tell(kind, message)

    def _number(self, message: StoredMessage) -> None:
        chat = message.chat
        if chat.is_channel:
            message.id = chat.next_message_id()
            chat.history().add(message.id, message)
            return
        for account in chat.accounts():
            number = message.ids[account.id] = account.next_message_id()
            account.mailbox[number] = message
            chat.history(account).add(number, message)
        own = message.sender.id if message.sender else 0
        message.id = message.ids.get(own) or next(iter(message.ids.values()), 0)

    def _delete_from_channel(self, chat: Chat, messages: list[StoredMessage]) -> None:
        if not messages:
            return
        for message in messages:
            chat.history().remove(message.id)
        event = chat.log.add(EventKind.DELETE, chat, ids=tuple(message.id for message in messages))
        for account in chat.accounts():
            self._notify(Notice(account, event))

    def _delete_from_boxes(self, chat: Chat, messages: list[StoredMessage]) -> None:
        for account in chat.accounts():
            numbers = tuple(message.ids[account.id] for message in messages if account.id in message.ids)
            for number in numbers:
                chat.history(account).remove(number)
                account.mailbox.pop(number, None)
            if numbers:
                self._notify(Notice(account, account.log.add(EventKind.DELETE, chat, ids=numbers)))

    def _tell(self, kind: EventKind, message: StoredMessage) -> None:
        chat = message.chat
        shared = chat.log.add(kind, chat, message) if chat.is_channel else None
        for account in chat.accounts():
            self._notify(Notice(account, shared or account.log.add(kind, chat, message)))

    def _notify(self, notice: Notice) -> None:
        for listener in self._listeners:
            listener(notice)

    def now(self) -> datetime:
        """The time that new messages get."""
        return self._clock.now()
