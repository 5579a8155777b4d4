"""What tests and the demo write into chats, past every check."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from telethon.tl import types

from tgforward.sandbox.tl import Tl
from tgforward.sandbox.world.accounts import Account
from tgforward.sandbox.world.buttons import Rows, make_buttons
from tgforward.sandbox.world.chats import Chat, Topic
from tgforward.sandbox.world.contents import ContentName, KindName, is_content_name, make_content
from tgforward.sandbox.world.files import Files
from tgforward.sandbox.world.media import Media, MediaName
from tgforward.sandbox.world.messages import Content, Draft, StoredMessage
from tgforward.sandbox.world.origins import origin_of
from tgforward.sandbox.world.store import Store
from tgforward.sandbox.world.topics import thread_number, topic_of


class Posts:
    """The part of the world that holds messages."""

    def __init__(self, store: Store, files: Files) -> None:
        self.store = store
        self.files = files

    def post(
        self,
        chat: Chat,
        text: str = "",
        *,
        entities: Sequence[Tl] = (),
        sender: Account | None = None,
        send_as: Chat | None = None,
        media: KindName | Media | Tl | None = None,
        spoiler: bool = False,
        ttl_s: int | None = None,
        buttons: Rows = (),
        grouped_id: int | None = None,
        date: datetime | None = None,
        protected: bool = False,
        silent: bool = False,
        inverted: bool = False,
        topic: Topic | int | None = None,
        reply_to: StoredMessage | int | None = None,
        action: Tl | None = None,
    ) -> StoredMessage:
        """Stores a message; `media` is a name, a `Media`, or any `MessageMedia…` object.

        `topic` and `reply_to` may be ids in the chat. A reply stands in the topic of what it answers; a `ttl_s` makes
        the media vanish for who has seen it, so that it cannot be forwarded; `inverted` puts the media below the text.
        """
        replied = _find_replied(chat, reply_to)
        draft = Draft(
            text=text,
            entities=tuple(entities),
            media=self._media(media),
            grouped_id=grouped_id,
            date=date,
            is_protected=protected,
            is_silent=silent,
            is_inverted=inverted,
            has_spoiler=spoiler,
            ttl_s=ttl_s,
            buttons=make_buttons(buttons),
            send_as=send_as,
            topic_id=_topic_id(chat, topic, replied),
            replied=replied,
            action=action,
        )
        return self.store.add(chat, sender, draft)

    def post_album(
        self,
        chat: Chat,
        items: Sequence[tuple[KindName | Media, str] | tuple[KindName | Media, str, Sequence[Tl]]],
        **options: Any,
    ) -> list[StoredMessage]:
        """Stores an album of `(media, caption)` or `(media, caption, entities)`; options as of `post`, for each."""
        options["grouped_id"] = self.files.next_id()
        return [
            self.post(chat, caption, media=media, entities=rest[0] if rest else (), **options)
            for media, caption, *rest in items
        ]

    def forward(self, message: StoredMessage, chat: Chat, *, sender: Account | None = None) -> StoredMessage:
        """Stores a forward of the message, which names its origin."""
        draft = Draft(
            text=message.text,
            entities=message.entities,
            media=message.media,
            has_spoiler=message.has_spoiler,
            origin=origin_of(message),
        )
        return self.store.add(chat, sender, draft)

    def edit(
        self,
        message: StoredMessage,
        text: str,
        entities: Sequence[Tl] = (),
        *,
        media: KindName | Media | Tl | None = None,
        spoiler: bool | None = None,
    ) -> None:
        """Replaces a message's text, and its media where some is given."""
        kept = self._media(media) if media is not None else message.media
        has_spoiler = message.has_spoiler if spoiler is None else spoiler
        self.store.edit(message, Content(text, tuple(entities), kept, has_spoiler))

    def touch(self, message: StoredMessage) -> None:
        """Changes what is not content, as a reaction does: clients get an edit that says nothing new."""
        self.store.touch(message)

    def pin(
        self, message: StoredMessage, *, pinned: bool = True, by: Account | None = None, silent: bool = False
    ) -> StoredMessage | None:
        """Pins or unpins a message; returns the service message that tells of a pin."""
        self.store.pin(message, pinned=pinned)
        return self.note_pin(message, by=by, silent=silent) if pinned else None

    def note_pin(self, message: StoredMessage, *, by: Account | None = None, silent: bool = False) -> StoredMessage:
        """Stores the service message that tells of a pin."""
        draft = Draft(
            action=types.MessageActionPinMessage(),
            replied=message,
            topic_id=message.draft.topic_id,
            is_silent=silent,
        )
        return self.store.add(message.chat, by, draft)

    def delete(self, *messages: StoredMessage) -> None:
        """Removes messages for everybody."""
        for message in messages:
            viewer = None if message.chat.is_channel else message.sender or message.chat.accounts()[0]
            number = message.id if viewer is None else message.id_for(viewer)
            self.store.delete(message.chat, [number], viewer)

    def _media(self, media: KindName | Media | Tl | None) -> Media | Tl | None:
        if not isinstance(media, str):
            return media
        if is_content_name(media):
            return make_content(cast("ContentName", media), self.files.next_id())
        return self.files.add(cast("MediaName", media))


def _find_replied(chat: Chat, reply_to: StoredMessage | int | None) -> StoredMessage | None:
    if not isinstance(reply_to, int):
        return reply_to
    viewer = None if chat.is_channel else chat.accounts()[0]
    return chat.history(viewer).messages[reply_to]


def _topic_id(chat: Chat, topic: Topic | int | None, replied: StoredMessage | None) -> int | None:
    if topic is None and replied is not None:
        return topic_of(chat, replied)
    topic = chat.topics[topic] if isinstance(topic, int) else topic
    return None if topic is None else thread_number(topic)
