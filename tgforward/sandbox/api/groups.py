"""`messages`: basic groups, and invite links of any chat."""

from typing import Final

from telethon.tl import functions, types

from tgforward.sandbox.call import Call, Routes
from tgforward.sandbox.refusals import Refusal
from tgforward.sandbox.tl import Tl
from tgforward.sandbox.world.access import find_chat, may_read
from tgforward.sandbox.world.chats import Chat, ChatKind
from tgforward.sandbox.world.render import wrap


def get_chats(call: Call, request: Tl) -> Tl:
    """`messages.getChats`."""
    view = call.view()
    groups = [find_chat(call.world, call.account, types.InputPeerChat(chat_id)) for chat_id in request.id]
    return types.messages.Chats([view.chat(group) for group in groups])


def get_full_chat(call: Call, request: Tl) -> Tl:
    """`messages.getFullChat`."""
    group = find_chat(call.world, call.account, types.InputPeerChat(request.chat_id))
    view = call.view()
    view.peer(group)
    for account in group.accounts():
        view.peer(account)
    date, creator = group.created_at, next(iter(group.members), 0)
    participants = [types.ChatParticipant(number, creator, date) for number in group.members]
    full = types.ChatFull(
        id=group.id,
        about="",
        participants=types.ChatParticipants(group.id, participants, 1),
        notify_settings=types.PeerNotifySettings(),
    )
    return types.messages.ChatFull(full, view.chats, view.users)


def check_chat_invite(call: Call, request: Tl) -> Tl:
    """`messages.checkChatInvite`."""
    chat = _find_invite(call, request.hash)
    if may_read(call.account, chat):
        return types.ChatInviteAlready(call.view().chat(chat))
    is_broadcast = chat.kind is ChatKind.BROADCAST
    return types.ChatInvite(
        title=chat.title,
        photo=types.PhotoEmpty(0),
        participants_count=len(chat.members),
        color=0,
        channel=chat.is_channel,
        broadcast=is_broadcast,
        megagroup=chat.kind is ChatKind.SUPERGROUP,
    )


def import_chat_invite(call: Call, request: Tl) -> Tl:
    """`messages.importChatInvite`: joins."""
    chat = _find_invite(call, request.hash)
    if call.account.id in chat.members:
        raise Refusal("USER_ALREADY_PARTICIPANT")
    call.world.join(chat, call.account)
    return joined(call, chat)


def joined(call: Call, chat: Chat) -> Tl:
    """The updates that a new member gets."""
    view = call.view()
    view.peer(chat)
    updates = [types.UpdateChannel(chat.id)] if chat.is_channel else []
    return wrap(call.world, view, updates)


def _find_invite(call: Call, invite: str) -> Chat:
    for chat in call.world.chats.values():
        if chat.invite and chat.invite == invite and call.account.id not in chat.banned:
            return chat
    raise Refusal("INVITE_HASH_EXPIRED" if invite else "INVITE_HASH_EMPTY")


ROUTES: Final[Routes] = {
    functions.messages.GetChatsRequest: get_chats,
    functions.messages.GetFullChatRequest: get_full_chat,
    functions.messages.CheckChatInviteRequest: check_chat_invite,
    functions.messages.ImportChatInviteRequest: import_chat_invite,
}
