"""`messages`: pinning."""

from typing import Final

from telethon.tl import functions, types

from tgforward.sandbox.call import Call, Routes
from tgforward.sandbox.refusals import Refusal
from tgforward.sandbox.tl import Tl
from tgforward.sandbox.world.access import find_readable, require_admin
from tgforward.sandbox.world.messages import StoredMessage
from tgforward.sandbox.world.render import wrap
from tgforward.sandbox.world.view import View


def update_pinned_message(call: Call, request: Tl) -> Tl:
    """`messages.updatePinnedMessage`: a pin is told by a service message too, unless `pm_oneside` is set."""
    chat = find_readable(call.world, call.account, request.peer)
    if chat.is_channel:
        require_admin(call.account, chat)
    message = chat.history(call.account).messages.get(request.id)
    if message is None or message.is_service:
        raise Refusal("MESSAGE_ID_INVALID")
    pinned = not request.unpin
    if message.is_pinned is pinned:
        raise Refusal("CHAT_NOT_MODIFIED")
    call.world.store.pin(message, pinned=pinned)
    view = call.view()
    updates = [_pinned(call, view, message)]
    if pinned and not request.pm_oneside:
        note = call.world.note_pin(message, by=call.account, silent=bool(request.silent))
        updates.append(_noted(call, view, note))
    return wrap(call.world, view, updates)


def _pinned(call: Call, view: View, message: StoredMessage) -> Tl:
    chat, pinned = message.chat, message.is_pinned
    if chat.is_channel:
        return types.UpdatePinnedChannelMessages(chat.id, [message.id], chat.log.pts, 1, pinned=pinned)
    return types.UpdatePinnedMessages(view.peer(chat), [view.id_of(message)], call.account.log.pts, 1, pinned=pinned)


def _noted(call: Call, view: View, note: StoredMessage) -> Tl:
    rendered = view.message(note)
    if note.chat.is_channel:
        return types.UpdateNewChannelMessage(rendered, note.chat.log.pts, 1)
    return types.UpdateNewMessage(rendered, call.account.log.pts, 1)


ROUTES: Final[Routes] = {functions.messages.UpdatePinnedMessageRequest: update_pinned_message}
