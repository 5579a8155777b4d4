"""`updates`: catching up with what happened."""

from typing import Final

from telethon.tl import functions, types

from tgforward.sandbox.api.states import dialog_of, state_of
from tgforward.sandbox.call import Call, Routes
from tgforward.sandbox.tl import Tl
from tgforward.sandbox.world.access import find_readable
from tgforward.sandbox.world.chats import Chat
from tgforward.sandbox.world.events import Event, EventKind
from tgforward.sandbox.world.history import Page
from tgforward.sandbox.world.render import update_of
from tgforward.sandbox.world.view import View

LONGEST_DIFFERENCE = 100
NEWEST = 20  # messages that come along where the difference is too long


def get_state(call: Call, _request: Tl) -> Tl:
    """`updates.getState`."""
    return state_of(call)


def get_difference(call: Call, request: Tl) -> Tl:
    """`updates.getDifference`: private chats and basic groups."""
    events = call.account.log.after(request.pts)
    if not events:
        return types.updates.DifferenceEmpty(call.world.now(), 1)
    if not call.account.log.reaches(request.pts):
        return types.updates.DifferenceTooLong(call.account.log.pts)
    view = call.view()
    messages, others = _split(view, events)
    return types.updates.Difference(messages, [], others, view.chats, view.users, state_of(call))


def get_channel_difference(call: Call, request: Tl) -> Tl:
    """`updates.getChannelDifference`: what is older than the log reaches is answered with the newest messages."""
    chat = find_readable(call.world, call.account, request.channel)
    if not chat.log.reaches(request.pts):
        return _too_long(call, chat)
    events = chat.log.after(request.pts)
    if not events:
        return types.updates.ChannelDifferenceEmpty(chat.log.pts, final=True)
    shown = events[: max(1, min(request.limit, LONGEST_DIFFERENCE))]
    view = call.view()
    messages, others = _split(view, shown)
    return types.updates.ChannelDifference(
        shown[-1].pts, messages, others, view.chats, view.users, final=len(shown) == len(events)
    )


def _too_long(call: Call, chat: Chat) -> Tl:
    view, history = call.view(), chat.history()
    newest = [view.message(history.messages[number]) for number in history.page(Page(limit=NEWEST))]
    dialog = dialog_of(call, view, chat)
    return types.updates.ChannelDifferenceTooLong(dialog, newest, view.chats, view.users, final=True)


def _split(view: View, events: list[Event]) -> tuple[list[Tl], list[Tl]]:
    new = [event.message for event in events if event.kind is EventKind.NEW]
    messages = [view.message(message) for message in new if message is not None]
    return messages, [update_of(view, event) for event in events if event.kind is not EventKind.NEW]


ROUTES: Final[Routes] = {
    functions.updates.GetStateRequest: get_state,
    functions.updates.GetDifferenceRequest: get_difference,
    functions.updates.GetChannelDifferenceRequest: get_channel_difference,
}
