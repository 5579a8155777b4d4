"""The remote control's operations on messages."""

from collections.abc import Sequence
from typing import Any

from telethon.tl import types

from tgforward.sandbox.control_names import NamingControl
from tgforward.sandbox.world.contents import KindName


class PostingControl(NamingControl):
    """Messages are stored, changed and removed past every check."""

    def post(self, chat: str | int, text: str = "", **options: Any) -> int:
        """Stores a message; returns its id. Options as of `World.post`, with names and ids for objects."""
        return self._world.post(self._chat(chat), text, **self._options(options)).id

    def post_album(self, chat: str | int, items: Sequence[Sequence[Any]], **options: Any) -> list[int]:
        """Stores an album of `[media, caption]` or `[media, caption, entities]`; returns the ids."""
        known: list[Any] = [(media, caption, *map(_entities, rest)) for media, caption, *rest in items]
        posted = self._world.post_album(self._chat(chat), known, **self._options(options))
        return [message.id for message in posted]

    def forward(self, source: str | int, message_id: int, chat: str | int, *, sender: str | None = None) -> int:
        """Stores a forward that names its origin; returns its id."""
        message = self._message(source, message_id)
        return self._world.forward(message, self._chat(chat), sender=self._maybe_account(sender)).id

    def edit(
        self,
        chat: str | int,
        message_id: int,
        text: str,
        entities: Sequence[dict[str, Any]] = (),
        *,
        media: KindName | None = None,
        spoiler: bool | None = None,
    ) -> None:
        """Replaces a message's text and formatting, and its media where a kind is named."""
        message = self._message(chat, message_id)
        self._world.edit(message, text, _entities(entities), media=media, spoiler=spoiler)

    def touch(self, chat: str | int, message_id: int) -> None:
        """Changes what is not content, as a reaction does."""
        self._world.touch(self._message(chat, message_id))

    def pin(self, chat: str | int, message_id: int, *, pinned: bool = True) -> int | None:
        """Pins or unpins a message; returns the id of the service message that tells of a pin."""
        note = self._world.pin(self._message(chat, message_id), pinned=pinned)
        return None if note is None else note.id

    def delete(self, chat: str | int, message_ids: Sequence[int]) -> None:
        """Removes messages."""
        self._world.delete(*(self._message(chat, message_id) for message_id in message_ids))

    def _options(self, options: dict[str, Any]) -> dict[str, Any]:
        """The options with objects in place of what JSON can say."""
        found = dict(options)
        if found.get("sender") is not None:
            found["sender"] = self._account(found["sender"])
        if found.get("send_as") is not None:
            found["send_as"] = self._chat(found["send_as"])
        if "entities" in found:
            found["entities"] = _entities(found["entities"])
        return found


def _entities(values: Sequence[dict[str, Any]]) -> list[Any]:
    return [_entity(one) for one in values]


def _entity(values: dict[str, Any]) -> Any:
    name = values["_"]
    if not name.startswith("MessageEntity"):
        raise ValueError(f"{name} is no kind of formatting")
    return getattr(types, name)(**{key: value for key, value in values.items() if key != "_"})
