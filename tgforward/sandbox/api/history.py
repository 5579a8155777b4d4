"""`messages`: reading."""

from typing import Final

from telethon.tl import functions, types

from tgforward.sandbox.api.answers import message_page, messages_by_id
from tgforward.sandbox.call import Call, Routes
from tgforward.sandbox.tl import Tl
from tgforward.sandbox.world.access import find_readable
from tgforward.sandbox.world.history import LONGEST_PAGE, Page


def get_history(call: Call, request: Tl) -> Tl:
    """`messages.getHistory`."""
    chat = find_readable(call.world, call.account, request.peer)
    history = chat.history(call.account)
    page = Page(
        offset_id=request.offset_id,
        offset_date=request.offset_date,
        add_offset=request.add_offset,
        limit=request.limit,
        max_id=request.max_id,
        min_id=request.min_id,
    )
    found = [history.messages[message_id] for message_id in history.page(page)]
    return message_page(call, chat, found, len(history.ids))


def get_messages(call: Call, request: Tl) -> Tl:
    """`messages.getMessages`: by the numbers of private chats and basic groups."""
    return messages_by_id(call, None, request.id)


def search(call: Call, request: Tl) -> Tl:
    """`messages.search`: by text only, newest first."""
    chat = find_readable(call.world, call.account, request.peer)
    wanted = request.q.casefold()
    every = [message for message in chat.history(call.account).newest_first() if wanted in message.text.casefold()]
    older = [message for message in every if not request.offset_id or message.id_for(call.account) < request.offset_id]
    return message_page(call, chat, older[: min(request.limit, LONGEST_PAGE)], len(every))


def read_history(call: Call, request: Tl) -> Tl:
    """`messages.readHistory`: nothing counts what is unread."""
    find_readable(call.world, call.account, request.peer)
    return types.messages.AffectedMessages(call.account.log.pts, 0)


ROUTES: Final[Routes] = {
    functions.messages.GetHistoryRequest: get_history,
    functions.messages.GetMessagesRequest: get_messages,
    functions.messages.SearchRequest: search,
    functions.messages.ReadHistoryRequest: read_history,
}
