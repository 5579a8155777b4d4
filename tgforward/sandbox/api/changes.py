"""`messages` and `channels`: editing and deleting."""

from typing import Final

from telethon.tl import functions, types

from tgforward.sandbox.api.input_media import resolve_media
from tgforward.sandbox.call import Call, Routes
from tgforward.sandbox.refusals import Refusal
from tgforward.sandbox.tl import Tl
from tgforward.sandbox.world.access import find_readable
from tgforward.sandbox.world.chats import Chat
from tgforward.sandbox.world.messages import StoredMessage
from tgforward.sandbox.world.render import wrap
from tgforward.sandbox.world.text import CAPTION_UNITS, TEXT_UNITS, accept_text


def edit_message(call: Call, request: Tl) -> Tl:
    """`messages.editMessage`."""
    chat = find_readable(call.world, call.account, request.peer)
    message = chat.history(call.account).messages.get(request.id)
    if message is None or message.is_service:
        raise Refusal("MESSAGE_ID_INVALID")
    if not _may_change(call, chat, message):
        raise Refusal("MESSAGE_AUTHOR_REQUIRED")
    media = None if request.media is None else resolve_media(call, request.media)
    has_media = media is not None or message.media is not None
    limit, too_long = (CAPTION_UNITS, "MEDIA_CAPTION_TOO_LONG") if has_media else (TEXT_UNITS, "MESSAGE_TOO_LONG")
    text, entities = accept_text(request.message or "", request.entities, limit=limit, too_long=too_long)
    if not text and not has_media:
        raise Refusal("MESSAGE_EMPTY")
    if media is None and (text, entities) == (message.text, message.entities):
        raise Refusal("MESSAGE_NOT_MODIFIED")
    call.world.store.edit(message, text, entities, media)
    view = call.view()
    if chat.is_channel:
        update = types.UpdateEditChannelMessage(view.message(message), chat.log.pts, 1)
    else:
        update = types.UpdateEditMessage(view.message(message), call.account.log.pts, 1)
    return wrap(call.world, view, [update])


def delete_messages(call: Call, request: Tl) -> Tl:
    """`messages.deleteMessages`: in private chats and basic groups."""
    viewer = call.account
    found = [viewer.mailbox[message_id] for message_id in request.id if message_id in viewer.mailbox]
    for message in found:
        call.world.store.delete(message.chat, [message.id_for(viewer)], viewer)
    return types.messages.AffectedMessages(viewer.log.pts, len(found))


def delete_channel_messages(call: Call, request: Tl) -> Tl:
    """`channels.deleteMessages`."""
    chat = find_readable(call.world, call.account, request.channel)
    found = [chat.history().messages.get(message_id) for message_id in request.id]
    if not all(message is None or _may_change(call, chat, message) for message in found):
        raise Refusal("MESSAGE_DELETE_FORBIDDEN")
    count = call.world.store.delete(chat, request.id)
    return types.messages.AffectedMessages(chat.log.pts, count)


def _may_change(call: Call, chat: Chat, message: StoredMessage) -> bool:
    member = chat.member(call.account)
    return message.sender is call.account or (member is not None and member.is_admin)


ROUTES: Final[Routes] = {
    functions.messages.EditMessageRequest: edit_message,
    functions.messages.DeleteMessagesRequest: delete_messages,
    functions.channels.DeleteMessagesRequest: delete_channel_messages,
}
