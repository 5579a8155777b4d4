"""`updates`: catching up with what happened."""

from typing import Final

from telethon.tl import functions, types

from tgforward.sandbox.call import Call, Routes
from tgforward.sandbox.tl import Tl
from tgforward.sandbox.world.access import find_readable
from tgforward.sandbox.world.events import Event, EventKind
from tgforward.sandbox.world.render import update_of
from tgforward.sandbox.world.view import View

LONGEST_DIFFERENCE = 100


def state_of(call: Call) -> Tl:
    """The caller's place in its own sequence."""
    return types.updates.State(call.account.log.pts, 0, call.world.now(), 1, 0)


def get_state(call: Call, _request: Tl) -> Tl:
    """`updates.getState`."""
    return state_of(call)


def get_difference(call: Call, request: Tl) -> Tl:
    """`updates.getDifference`: private chats and basic groups."""
    events = call.account.log.after(request.pts)
    if not events:
        return types.updates.DifferenceEmpty(call.world.now(), 1)
    view = call.view()
    messages, others = _split(view, events)
    return types.updates.Difference(messages, [], others, view.chats, view.users, state_of(call))


def get_channel_difference(call: Call, request: Tl) -> Tl:
    """`updates.getChannelDifference`."""
    chat = find_readable(call.world, call.account, request.channel)
    events = chat.log.after(request.pts)
    if not events:
        return types.updates.ChannelDifferenceEmpty(chat.log.pts, final=True)
    shown = events[: min(request.limit, LONGEST_DIFFERENCE)]
    view = call.view()
    messages, others = _split(view, shown)
    return types.updates.ChannelDifference(
        shown[-1].pts, messages, others, view.chats, view.users, final=len(shown) == len(events)
    )


def _split(view: View, events: list[Event]) -> tuple[list[Tl], list[Tl]]:
    new = [event.message for event in events if event.kind is EventKind.NEW]
    messages = [view.message(message) for message in new if message is not None]
    return messages, [update_of(view, event) for event in events if event.kind is not EventKind.NEW]


ROUTES: Final[Routes] = {
    functions.updates.GetStateRequest: get_state,
    functions.updates.GetDifferenceRequest: get_difference,
    functions.updates.GetChannelDifferenceRequest: get_channel_difference,
}
