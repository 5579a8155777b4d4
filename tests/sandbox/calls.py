"""Raw requests as the tests make them."""

from typing import Any

from telethon.tl import functions, types

from tgforward.sandbox.server import Sandbox
from tgforward.sandbox.world.access import access_hash
from tgforward.sandbox.world.accounts import Account
from tgforward.sandbox.world.chats import Chat


def peer(server: Sandbox, viewer: Account, chat: Chat) -> Any:
    """The input peer by which `viewer` names the chat, as if it had resolved it."""
    if chat.is_channel:
        return types.InputPeerChannel(chat.id, access_hash(server.world.seed, viewer, chat))
    return types.InputPeerChat(chat.id)


def history(where: Any, **page: Any) -> Any:
    """`messages.getHistory` with zeroes for what is not given."""
    zeroes = {"offset_id": 0, "offset_date": None, "add_offset": 0, "limit": 100, "max_id": 0, "min_id": 0, "hash": 0}
    return functions.messages.GetHistoryRequest(where, **{**zeroes, **page})


def new_messages(updates: Any) -> list[Any]:
    """The messages that an answer brings."""
    kinds = (types.UpdateNewChannelMessage, types.UpdateNewMessage)
    return [update.message for update in updates.updates if isinstance(update, kinds)]
