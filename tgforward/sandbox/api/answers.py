"""Answers that several methods share."""

from collections.abc import Iterable

from telethon.tl import types

from tgforward.sandbox.call import Call
from tgforward.sandbox.tl import Tl
from tgforward.sandbox.world.chats import Chat
from tgforward.sandbox.world.messages import StoredMessage


def message_page(call: Call, chat: Chat, messages: Iterable[StoredMessage], count: int) -> Tl:
    """Messages of one chat, with the number of all that it has."""
    view = call.view()
    view.peer(chat)
    shown = [view.message(message) for message in messages]
    if chat.is_channel:
        return types.messages.ChannelMessages(chat.log.pts, count, shown, [], view.chats, view.users)
    if len(shown) >= count:
        return types.messages.Messages(shown, [], view.chats, view.users)
    return types.messages.MessagesSlice(count, shown, [], view.chats, view.users)


def messages_by_id(call: Call, chat: Chat | None, ids: list[Tl]) -> Tl:
    """The messages with those ids in their order; an empty message stands for each that is not there."""
    view, viewer = call.view(), call.account
    shelf = viewer.mailbox if chat is None else chat.history().messages
    if chat is not None:
        view.peer(chat)
    shown = []
    for wanted in ids:
        found = shelf.get(getattr(wanted, "id", 0))
        shown.append(_missing(getattr(wanted, "id", 0), chat) if found is None else view.message(found))
    if chat is None:
        return types.messages.Messages(shown, [], view.chats, view.users)
    return types.messages.ChannelMessages(chat.log.pts, len(shown), shown, [], view.chats, view.users)


def _missing(message_id: int, chat: Chat | None) -> Tl:
    # Telethon's class wants a peer although the wire does without.
    return types.MessageEmpty(message_id, types.PeerChannel(chat.id) if chat else None)
