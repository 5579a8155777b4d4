"""A message as the server stores it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from tgforward.sandbox.tl import Raw, Tl
from tgforward.sandbox.world.accounts import Account
from tgforward.sandbox.world.contents import content_id, kind_name
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
class Content:
    """What an edit can replace."""

    text: str = ""
    entities: tuple[Tl, ...] = ()
    media: "Media | Tl | None" = None
    has_spoiler: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """Everything that makes a new message, checked already."""

    text: str = ""
    entities: tuple[Tl, ...] = ()
    media: "Media | Tl | None" = None
    grouped_id: int | None = None
    random_id: int | None = None
    origin: Origin | None = None
    replied: "StoredMessage | None" = None
    topic_id: int | None = None
    send_as: "Chat | None" = None
    is_protected: bool = False
    is_silent: bool = False
    is_inverted: bool = False
    has_spoiler: bool = False
    ttl_s: int | None = None
    buttons: Tl | None = None
    action: Tl | None = None
    date: datetime | None = None


@dataclass(eq=False, slots=True)
class StoredMessage:
    """A message; `id` is its number in a channel, elsewhere the sender's number for it.

    `is_touched`: something but its content was changed last, so that clients do not show it as edited.
    """

    chat: "Chat"
    id: int
    date: datetime
    sender: Account | None
    draft: Draft
    text: str
    entities: tuple[Tl, ...]
    media: "Media | Tl | None"
    has_spoiler: bool = False
    edited_at: datetime | None = None
    is_touched: bool = False
    is_pinned: bool = False
    ids: dict[int, int] = field(default_factory=dict, repr=False)
    rendered: dict[tuple[int, ...], Raw] = field(default_factory=dict, repr=False)

    @property
    def content(self) -> Content:
        """What it says and carries now."""
        return Content(self.text, self.entities, self.media, self.has_spoiler)

    @property
    def grouped_id(self) -> int | None:
        """The album it belongs to."""
        return self.draft.grouped_id

    @property
    def media_id(self) -> int | None:
        """The id of its photo, document or poll; forwarding keeps it."""
        return content_id(self.media)

    @property
    def kind(self) -> str:
        """The name of what hangs on it, as `World.post` takes it; empty for nothing."""
        return kind_name(self.media)

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
