"""Where an account stands: in its own sequence, and in a chat."""

from telethon.tl import types

from tgforward.sandbox.call import Call
from tgforward.sandbox.tl import Tl
from tgforward.sandbox.world.chats import Chat
from tgforward.sandbox.world.view import View


def state_of(call: Call) -> Tl:
    """The caller's place in its own sequence."""
    return types.updates.State(call.account.log.pts, 0, call.world.now(), 1, 0)


def dialog_of(call: Call, view: View, chat: Chat) -> Tl:
    """A chat in the caller's list, with its newest message and, where it counts them itself, its `pts`."""
    top = chat.history(call.account).top_id()
    return types.Dialog(
        peer=view.peer(chat),
        top_message=top,
        read_inbox_max_id=top,
        read_outbox_max_id=top,
        unread_count=0,
        unread_mentions_count=0,
        unread_reactions_count=0,
        unread_poll_votes_count=0,
        notify_settings=types.PeerNotifySettings(),
        pts=chat.log.pts if chat.is_channel else None,
    )
