"""`messages.forwardMessages`."""

from collections import Counter
from typing import Final

from telethon.tl import functions

from tgforward.sandbox.api.sending import check_request, deliver
from tgforward.sandbox.api.threads import Thread, thread_of
from tgforward.sandbox.call import Call, Routes
from tgforward.sandbox.refusals import Refusal
from tgforward.sandbox.tl import Tl
from tgforward.sandbox.world.access import find_chat, find_readable
from tgforward.sandbox.world.chats import Chat
from tgforward.sandbox.world.messages import Draft, StoredMessage
from tgforward.sandbox.world.origins import origin_of

MOST_FORWARDS = 100


def forward_messages(call: Call, request: Tl) -> Tl:
    """`messages.forwardMessages`: what is missing or cannot be forwarded is left out of the answer."""
    check_request(request)
    source = find_readable(call.world, call.account, request.from_peer)
    dest = find_chat(call.world, call.account, request.to_peer)
    _check_lengths(request)
    found = _find(call, source, request)
    if not found:
        raise Refusal("MESSAGE_ID_INVALID")
    if any(message.is_protected for _, message in found):
        raise Refusal("CHAT_FORWARDS_RESTRICTED")
    thread = thread_of(call, dest, request)
    albums = _new_albums(call, [message for _, message in found])
    return deliver(call, dest, [_copy(request, message, number, albums, thread) for number, message in found])


def _check_lengths(request: Tl) -> None:
    if not request.id:
        raise Refusal("MESSAGE_IDS_EMPTY")
    if len(request.id) > MOST_FORWARDS:
        raise Refusal("MESSAGE_IDS_TOO_MUCH")
    if len(request.random_id) != len(request.id):
        raise Refusal("RANDOM_ID_INVALID")


def _find(call: Call, source: Chat, request: Tl) -> list[tuple[int, StoredMessage]]:
    messages = source.history(call.account).messages
    pairs = ((number, messages.get(wanted)) for wanted, number in zip(request.id, request.random_id, strict=True))
    return [(number, message) for number, message in pairs if message is not None and _can_go_on(message)]


def _can_go_on(message: StoredMessage) -> bool:
    """Neither what tells of an event nor media that vanishes when it was seen."""
    return not message.is_service and message.draft.ttl_s is None


def _new_albums(call: Call, messages: list[StoredMessage]) -> dict[int, int]:
    """New numbers for albums of which at least two members come along; a single one is no album any more."""
    sizes = Counter(message.grouped_id for message in messages if message.grouped_id is not None)
    return {grouped_id: call.world.files.next_id() for grouped_id, size in sizes.items() if size > 1}


def _copy(request: Tl, message: StoredMessage, number: int, albums: dict[int, int], thread: Thread) -> Draft:
    keeps_text = not (request.drop_media_captions and message.media is not None)
    return Draft(
        text=message.text if keeps_text else "",
        entities=message.entities if keeps_text else (),
        media=message.media,
        has_spoiler=message.has_spoiler,
        is_inverted=message.draft.is_inverted,
        grouped_id=albums.get(message.grouped_id or 0),
        random_id=number,
        is_silent=bool(request.silent),
        is_protected=bool(request.noforwards),
        topic_id=thread.topic_id,
        replied=thread.replied,
        send_as=thread.send_as,
        origin=None if request.drop_author else origin_of(message),
    )


ROUTES: Final[Routes] = {functions.messages.ForwardMessagesRequest: forward_messages}
