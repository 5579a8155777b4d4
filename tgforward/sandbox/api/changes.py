"""`messages` and `channels`: editing and deleting."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final, TypeAlias

from telethon.tl import functions, types

from tgforward.sandbox.api.formatting import Formatted, accept_caption, accept_message
from tgforward.sandbox.api.input_media import resolve_media
from tgforward.sandbox.api.sending import check_request
from tgforward.sandbox.call import Call, Routes
from tgforward.sandbox.refusals import Refusal
from tgforward.sandbox.tl import Tl
from tgforward.sandbox.world.access import find_readable
from tgforward.sandbox.world.chats import Chat, ChatKind
from tgforward.sandbox.world.contents import is_same
from tgforward.sandbox.world.media import Media
from tgforward.sandbox.world.messages import Content, StoredMessage
from tgforward.sandbox.world.pages import find_page
from tgforward.sandbox.world.render import wrap

Accept: TypeAlias = Callable[[Call, str, Sequence[Tl] | None], Formatted]


def edit_message(call: Call, request: Tl) -> Tl:
    """`messages.editMessage`: of text, caption and files."""
    check_request(request)
    chat = find_readable(call.world, call.account, request.peer)
    message = chat.history(call.account).messages.get(request.id)
    if message is None or not _is_editable(message):
        raise Refusal("MESSAGE_ID_INVALID")
    if not _may_edit(call, chat, message):
        raise Refusal("MESSAGE_AUTHOR_REQUIRED")
    content = _new_content(call, message, request)
    if _says_the_same(content, message.content):
        raise Refusal("MESSAGE_NOT_MODIFIED")
    call.world.store.edit(message, content)
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
    if not all(message is None or _may_delete(call, chat, message) for message in found):
        raise Refusal("MESSAGE_DELETE_FORBIDDEN")
    count = call.world.store.delete(chat, request.id)
    return types.messages.AffectedMessages(chat.log.pts, count)


def _is_editable(message: StoredMessage) -> bool:
    """Neither what tells of an event, nor a forward that names its origin, nor polls, places, contacts and dice."""
    has_text = message.kind in ("", "web_page") or isinstance(message.media, Media)
    return has_text and not message.is_service and message.draft.origin is None


def _new_content(call: Call, message: StoredMessage, request: Tl) -> Content:
    if request.media is None and not isinstance(message.media, Media):
        return _new_text(call, message, request)
    text, entities = _new_words(call, message, request, accept_caption)
    if request.media is None:
        return replace(message.content, text=text, entities=entities)
    has_spoiler = bool(getattr(request.media, "spoiler", None))
    return Content(text, entities, resolve_media(call, request.media), has_spoiler)


def _new_text(call: Call, message: StoredMessage, request: Tl) -> Content:
    text, entities = _new_words(call, message, request, accept_message)
    if not text:
        raise Refusal("MESSAGE_EMPTY")
    return Content(text, entities, None if request.no_webpage else find_page(text, entities))


def _new_words(call: Call, message: StoredMessage, request: Tl, accept: Accept) -> Formatted:
    if request.message is None:
        return message.text, message.entities
    return accept(call, request.message, request.entities)


def _says_the_same(one: Content, other: Content) -> bool:
    words = (one.text, one.entities, one.has_spoiler) == (other.text, other.entities, other.has_spoiler)
    return words and is_same(one.media, other.media)


def _may_edit(call: Call, chat: Chat, message: StoredMessage) -> bool:
    """Its author may, and in a broadcast channel admins with the right to edit what others wrote."""
    member = chat.member(call.account)
    is_editor = chat.kind is ChatKind.BROADCAST and member is not None and member.is_admin and member.can_edit
    return message.sender is call.account or is_editor


def _may_delete(call: Call, chat: Chat, message: StoredMessage) -> bool:
    member = chat.member(call.account)
    return message.sender is call.account or (member is not None and member.is_admin)


ROUTES: Final[Routes] = {
    functions.messages.EditMessageRequest: edit_message,
    functions.messages.DeleteMessagesRequest: delete_messages,
    functions.channels.DeleteMessagesRequest: delete_channel_messages,
}
