"""What was stored, in order: to compare a source with a dest after a crash."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from tgforward.sandbox.world.media import Media
from tgforward.sandbox.world.messages import StoredMessage


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One message as it was when it was stored; later edits and deletions do not change it.

    `entities` are Telethon's dictionaries, for example `{"_": "MessageEntityBold", "offset": 0, "length": 4}`.
    `media_id` stays the same when media is forwarded or sent by reference; `kind` is the media's name as `World.post`
    takes it. `forwarded_from` is the marked id of the channel or user that a forward names, None for a copy without
    author. `reply_to` is the id of the message that it answers, `send_as` the title of the channel that is shown as the
    sender.
    """

    chat_id: int
    id: int
    sender: str
    text: str
    entities: tuple[dict[str, Any], ...]
    grouped_id: int | None
    media: str
    media_id: int | None
    random_id: int | None
    forwarded_from: int | None
    forwarded_message_id: int | None
    is_service: bool
    topic_id: int | None
    date: datetime
    stored_at: datetime
    kind: str = ""
    spoiler: bool = False
    reply_to: int | None = None
    silent: bool = False
    send_as: str | None = None
    has_buttons: bool = False

    @property
    def origin(self) -> tuple[int, int | None] | None:
        """Chat and message that a forward names; None for what is none, or hides where it comes from."""
        return None if self.forwarded_from is None else (self.forwarded_from, self.forwarded_message_id)

    def to_json(self) -> dict[str, Any]:
        """The entry as JSON knows it; times as ISO strings."""
        values = asdict(self)
        return values | {"date": self.date.isoformat(), "stored_at": self.stored_at.isoformat()}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "JournalEntry":
        """The entry that `to_json` made the dictionary of."""
        times = {name: datetime.fromisoformat(values[name]) for name in ("date", "stored_at")}
        return cls(**{**values, **times, "entities": tuple(values["entities"])})


def entry_of(message: StoredMessage, stored_at: datetime) -> JournalEntry:
    """The entry for a message that is being stored."""
    draft, media = message.draft, message.media
    origin = draft.origin
    source = None if origin is None else origin.chat or origin.account
    return JournalEntry(
        chat_id=message.chat.marked_id,
        id=message.id,
        sender=message.sender.name if message.sender else "",
        text=message.text,
        entities=tuple(entity.to_dict() for entity in message.entities),
        grouped_id=message.grouped_id,
        media=_media_name(media),
        media_id=message.media_id,
        random_id=draft.random_id,
        forwarded_from=None if source is None else source.marked_id,
        forwarded_message_id=None if origin is None else origin.message_id,
        is_service=message.is_service,
        topic_id=draft.topic_id,
        date=message.date,
        stored_at=stored_at,
        kind=message.kind,
        spoiler=message.has_spoiler,
        reply_to=None if draft.replied is None else draft.replied.id,
        silent=draft.is_silent,
        send_as=None if draft.send_as is None else draft.send_as.title,
        has_buttons=draft.buttons is not None,
    )


def _media_name(media: Any) -> str:
    if isinstance(media, Media):
        return "photo" if media.is_photo else media.mime_type
    return type(media).__name__ if media is not None else ""
