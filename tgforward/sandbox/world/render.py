"""Events as the updates that tell a client of them."""

from telethon.tl import types

from tgforward.sandbox.tl import Tl
from tgforward.sandbox.world.events import Event, EventKind
from tgforward.sandbox.world.messages import StoredMessage
from tgforward.sandbox.world.view import View
from tgforward.sandbox.world.world import World


def update_of(view: View, event: Event) -> Tl:
    """The update that tells of an event."""
    in_channel = event.chat.is_channel
    if event.kind is EventKind.DELETE:
        ids = list(event.ids)
        if in_channel:
            return types.UpdateDeleteChannelMessages(event.chat.id, ids, event.pts, event.pts_count)
        return types.UpdateDeleteMessages(ids, event.pts, event.pts_count)
    assert event.message is not None
    if event.kind in (EventKind.PIN, EventKind.UNPIN):
        return _pin_update(view, event, event.message)
    kinds = {
        (EventKind.NEW, True): types.UpdateNewChannelMessage,
        (EventKind.NEW, False): types.UpdateNewMessage,
        (EventKind.EDIT, True): types.UpdateEditChannelMessage,
        (EventKind.EDIT, False): types.UpdateEditMessage,
    }
    return kinds[event.kind, in_channel](view.message(event.message), event.pts, event.pts_count)


def _pin_update(view: View, event: Event, message: StoredMessage) -> Tl:
    pinned = event.kind is EventKind.PIN
    counted = (event.pts, event.pts_count)
    if event.chat.is_channel:
        return types.UpdatePinnedChannelMessages(event.chat.id, [message.id], *counted, pinned=pinned)
    return types.UpdatePinnedMessages(view.peer(event.chat), [view.id_of(message)], *counted, pinned=pinned)


def wrap(world: World, view: View, updates: list[Tl]) -> Tl:
    """Updates with the users and chats that they mention; `seq` 0 means that their order is told by `pts`."""
    return types.Updates(updates, view.users, view.chats, world.now(), 0)
