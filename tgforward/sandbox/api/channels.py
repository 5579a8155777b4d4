"""`channels`: channels and supergroups."""

from typing import Final

from telethon.tl import functions, types

from tgforward.sandbox.api.answers import messages_by_id
from tgforward.sandbox.api.groups import joined
from tgforward.sandbox.api.threads import senders
from tgforward.sandbox.call import Call, Routes
from tgforward.sandbox.refusals import Refusal
from tgforward.sandbox.tl import Tl
from tgforward.sandbox.world.access import find_chat, find_readable, find_user, may_read
from tgforward.sandbox.world.accounts import Account
from tgforward.sandbox.world.chats import Chat
from tgforward.sandbox.world.rights import admin_rights, banned_rights


def get_channels(call: Call, request: Tl) -> Tl:
    """`channels.getChannels`."""
    view = call.view()
    chats = [find_chat(call.world, call.account, channel) for channel in request.id]
    return types.messages.Chats([view.chat(chat) for chat in chats])


def get_full_channel(call: Call, request: Tl) -> Tl:
    """`channels.getFullChannel`."""
    chat = find_readable(call.world, call.account, request.channel)
    view = call.view()
    view.peer(chat)
    top = chat.history().top_id()
    full = types.ChannelFull(
        id=chat.id,
        about="",
        read_inbox_max_id=top,
        read_outbox_max_id=top,
        unread_count=0,
        chat_photo=types.PhotoEmpty(0),
        notify_settings=types.PeerNotifySettings(),
        bot_info=[],
        pts=chat.log.pts,
        participants_count=len(chat.members),
        slowmode_seconds=chat.slow_mode_s or None,
        migrated_from_chat_id=chat.migrated_from.id if chat.migrated_from else None,
        migrated_from_max_id=chat.migrated_from.history(call.account).top_id() if chat.migrated_from else None,
    )
    return types.messages.ChatFull(full, view.chats, view.users)


def get_messages(call: Call, request: Tl) -> Tl:
    """`channels.getMessages`."""
    chat = find_readable(call.world, call.account, request.channel)
    return messages_by_id(call, chat, request.id)


def get_participant(call: Call, request: Tl) -> Tl:
    """`channels.getParticipant`."""
    chat = find_readable(call.world, call.account, request.channel)
    account = find_user(call.world, call.account, request.participant)
    view = call.view()
    view.peer(account)
    return types.channels.ChannelParticipant(_participant(call, chat, account), view.chats, view.users)


def join_channel(call: Call, request: Tl) -> Tl:
    """`channels.joinChannel`: public ones; others need an invite link."""
    chat = find_chat(call.world, call.account, request.channel)
    if not may_read(call.account, chat):
        raise Refusal("CHANNEL_PRIVATE")
    call.world.join(chat, call.account)
    return joined(call, chat)


def leave_channel(call: Call, request: Tl) -> Tl:
    """`channels.leaveChannel`."""
    chat = find_chat(call.world, call.account, request.channel)
    if call.account.id not in chat.members:
        raise Refusal("USER_NOT_PARTICIPANT")
    call.world.leave(chat, call.account)
    return joined(call, chat)


def get_send_as(call: Call, request: Tl) -> Tl:
    """`channels.getSendAs`: the caller, and the channels in whose name it may write."""
    chat = find_readable(call.world, call.account, request.peer)
    view = call.view()
    mine: list[Account | Chat] = [call.account, *senders(call, chat)]
    peers = [types.SendAsPeer(view.peer(one)) for one in mine]
    return types.channels.SendAsPeers(peers, view.chats, view.users)


def read_history(call: Call, request: Tl) -> Tl:
    """`channels.readHistory`: nothing counts what is unread."""
    find_readable(call.world, call.account, request.channel)
    return True


def _participant(call: Call, chat: Chat, account: Account) -> Tl:
    member = chat.member(account)
    if member is None:
        raise Refusal("USER_NOT_PARTICIPANT")
    date, rights = member.joined_at, admin_rights(can_post=member.can_post, can_edit=member.can_edit)
    if member.is_restricted:
        return types.ChannelParticipantBanned(types.PeerUser(account.id), 0, date, banned_rights())
    if member.is_creator:
        return types.ChannelParticipantCreator(account.id, rights)
    is_self = account is call.account
    if member.is_admin:
        inviter = account.id if is_self else None  # the wire has both or none of them
        return types.ChannelParticipantAdmin(account.id, account.id, date, rights, is_self=is_self, inviter_id=inviter)
    if is_self:
        return types.ChannelParticipantSelf(account.id, account.id, date)
    return types.ChannelParticipant(account.id, date)


ROUTES: Final[Routes] = {
    functions.channels.GetChannelsRequest: get_channels,
    functions.channels.GetFullChannelRequest: get_full_channel,
    functions.channels.GetMessagesRequest: get_messages,
    functions.channels.GetParticipantRequest: get_participant,
    functions.channels.JoinChannelRequest: join_channel,
    functions.channels.LeaveChannelRequest: leave_channel,
    functions.channels.GetSendAsRequest: get_send_as,
    functions.channels.ReadHistoryRequest: read_history,
}
