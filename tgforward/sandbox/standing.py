"""What stands in a chat now: after edits, pins and deletions."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from tgforward.sandbox.world.chats import Chat
from tgforward.sandbox.world.messages import StoredMessage


@dataclass(frozen=True, slots=True)
class StandingMessage:
    """One message as it is now; fields as of `JournalEntry`.

    `is_edited` is what clients show: an `edited_at` without it comes from something that is not content.
    """

    id: int
    sender: str
    send_as: str | None
    text: str
    entities: tuple[dict[str, Any], ...]
    kind: str
    media_id: int | None
    spoiler: bool
    has_buttons: bool
    grouped_id: int | None
    reply_to: int | None
    topic_id: int | None
    is_service: bool
    is_pinned: bool
    is_edited: bool
    edited_at: datetime | None
    forwarded_from: int | None
    forwarded_message_id: int | None
    random_id: int | None

    @property
    def origin(self) -> tuple[int, int | None] | None:
        """Chat and message that a forward names; None for what is none, or hides where it comes from."""
        return None if self.forwarded_from is None else (self.forwarded_from, self.forwarded_message_id)

    def to_json(self) -> dict[str, Any]:
        """The message as JSON knows it; times as ISO strings."""
        return asdict(self) | {"edited_at": None if self.edited_at is None else self.edited_at.isoformat()}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "StandingMessage":
        """The message that `to_json` made the dictionary of."""
        edited_at = values["edited_at"]
        time = None if edited_at is None else datetime.fromisoformat(edited_at)
        return cls(**{**values, "edited_at": time, "entities": tuple(values["entities"])})


def standing_messages(chat: Chat) -> list[StandingMessage]:
    """The messages of a chat, oldest first."""
    history = chat.history(None if chat.is_channel else chat.accounts()[0])
    return [_standing(history.messages[number]) for number in history.ids]


def _standing(message: StoredMessage) -> StandingMessage:
    draft = message.draft
    origin = draft.origin
    source = None if origin is None else origin.chat or origin.account
    return StandingMessage(
        id=message.id,
        sender=message.sender.name if message.sender else "",
        send_as=None if draft.send_as is None else draft.send_as.title,
        text=message.text,
        entities=tuple(entity.to_dict() for entity in message.entities),
        kind=message.kind,
        media_id=message.media_id,
        spoiler=message.has_spoiler,
        has_buttons=draft.buttons is not None,
        grouped_id=message.grouped_id,
        reply_to=None if draft.replied is None else draft.replied.id,
        topic_id=draft.topic_id,
        is_service=message.is_service,
        is_pinned=message.is_pinned,
        is_edited=message.edited_at is not None and not message.is_touched,
        edited_at=message.edited_at,
        forwarded_from=None if source is None else source.marked_id,
        forwarded_message_id=None if origin is None else origin.message_id,
        random_id=draft.random_id,
    )
