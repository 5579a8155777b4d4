"""A message as the server stores it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from tgforward.sandbox.tl import Raw, Tl
from tgforward.sandbox.world.accounts import Account
from tgforward.sandbox.world.media import Media

if TYPE_CHECKING:
    from tgforward.sandbox.world.chats import Chat


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a forwarded message comes from."""

    date: datetime
    chat: "Chat | None" = None
    account: Account | None = None
    message_id: int | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """Everything that makes a new message, checked already."""

    text: str = ""
    entities: tuple[Tl, ...] = ()
    media: "Media | Tl | None" = None
    grouped_id: int | None = None
    random_id: int | None = None
    origin: Origin | None = None
    reply_to: int | None = None
    topic_id: int | None = None
    is_protected: bool = False
    is_silent: bool = False
    action: Tl | None = None
    date: datetime | None = None


@dataclass(eq=False, slots=True)
class StoredMessage:
    """A message; `id` is its number in a channel, elsewhere the sender's number for it."""

    chat: "Chat"
    id: int
    date: datetime
    sender: Account | None
    draft: Draft
    text: str
    entities: tuple[Tl, ...]
    media: "Media | Tl | None"
    edited_at: datetime | None = None
    is_pinned: bool = False
    ids: dict[int, int] = field(default_factory=dict, repr=False)
    rendered: dict[tuple[int, ...], Raw] = field(default_factory=dict, repr=False)

    @property
    def grouped_id(self) -> int | None:
        """The album it belongs to."""
        return self.draft.grouped_id

    @property
    def media_id(self) -> int | None:
        """The id of its photo or document; forwarding keeps it."""
        return self.media.id if isinstance(self.media, Media) else None

    @property
    def is_service(self) -> bool:
        """Whether it tells of an event instead of carrying content."""
        return self.draft.action is not None

    @property
    def is_protected(self) -> bool:
        """Whether it must not be forwarded or saved, by itself or by its chat."""
        return self.draft.is_protected or self.chat.is_protected

    def id_for(self, account: Account) -> int:
        """Its number as `account` sees it."""
        return self.ids.get(account.id, self.id)
