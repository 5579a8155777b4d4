"""`messages`: the list of an account's chats, and the state of single ones."""

from typing import Final

from telethon.tl import functions, types

from tgforward.sandbox.api.states import dialog_of, state_of
from tgforward.sandbox.call import Call, Routes
from tgforward.sandbox.refusals import Refusal
from tgforward.sandbox.tl import Tl
from tgforward.sandbox.world.access import find_chat, find_readable
from tgforward.sandbox.world.chats import Chat, ChatKind
from tgforward.sandbox.world.view import View

MOST_DIALOGS = 100


def get_dialogs(call: Call, request: Tl) -> Tl:
    """`messages.getDialogs`: the chat with the newest message first."""
    every = _chats_of(call)
    start = 0
    if not isinstance(request.offset_peer, types.InputPeerEmpty | types.InputPeerSelf):
        last = find_chat(call.world, call.account, request.offset_peer)
        start = every.index(last) + 1 if last in every else 0
    limit = max(1, min(request.limit, MOST_DIALOGS))
    view = call.view()
    shown = every[start : start + limit]
    dialogs = [dialog_of(call, view, chat) for chat in shown]
    messages = _top_messages(call, view, shown)
    if len(shown) == len(every):
        return types.messages.Dialogs(dialogs, messages, view.chats, view.users)
    return types.messages.DialogsSlice(len(every), dialogs, messages, view.chats, view.users)


def get_peer_dialogs(call: Call, request: Tl) -> Tl:
    """`messages.getPeerDialogs`: more than 100 peers are cut off without a word."""
    view = call.view()
    chats = []
    for wanted in request.peers[:MOST_DIALOGS]:
        if not isinstance(wanted, types.InputDialogPeer):
            raise Refusal("PEER_ID_INVALID")
        chats.append(find_readable(call.world, call.account, wanted.peer))
    dialogs = [dialog_of(call, view, chat) for chat in chats]
    messages = _top_messages(call, view, chats)
    return types.messages.PeerDialogs(dialogs, messages, view.chats, view.users, state_of(call))


def get_pinned_dialogs(call: Call, _request: Tl) -> Tl:
    """`messages.getPinnedDialogs`: none."""
    return types.messages.PeerDialogs([], [], [], [], state_of(call))


def _chats_of(call: Call) -> list[Chat]:
    mine = [chat for chat in call.world.chats.values() if call.account.id in chat.members]
    shown = [chat for chat in mine if chat.kind is not ChatKind.PRIVATE or chat.history(call.account).ids]
    return sorted(shown, key=lambda chat: (_top_time(call, chat), chat.key), reverse=True)


def _top_time(call: Call, chat: Chat) -> float:
    history = chat.history(call.account)
    top = history.messages.get(history.top_id())
    return (top.date if top else chat.created_at).timestamp()


def _top_messages(call: Call, view: View, chats: list[Chat]) -> list[Tl]:
    histories = [chat.history(call.account) for chat in chats]
    return [view.message(history.messages[history.top_id()]) for history in histories if history.ids]


ROUTES: Final[Routes] = {
    functions.messages.GetDialogsRequest: get_dialogs,
    functions.messages.GetPeerDialogsRequest: get_peer_dialogs,
    functions.messages.GetPinnedDialogsRequest: get_pinned_dialogs,
}
