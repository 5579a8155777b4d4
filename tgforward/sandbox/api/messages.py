"""`messages`: sending text, media and albums."""

from dataclasses import replace
from typing import Final

from telethon.tl import functions

from tgforward.sandbox.api.formatting import accept_caption, accept_message
from tgforward.sandbox.api.input_media import resolve_file, resolve_media
from tgforward.sandbox.api.sending import check_request, deliver
from tgforward.sandbox.api.threads import Thread, thread_of
from tgforward.sandbox.call import Call, Routes
from tgforward.sandbox.refusals import Refusal
from tgforward.sandbox.tl import Tl
from tgforward.sandbox.world.access import find_chat
from tgforward.sandbox.world.messages import Draft
from tgforward.sandbox.world.pages import find_page

LARGEST_ALBUM = 10


def send_message(call: Call, request: Tl) -> Tl:
    """`messages.sendMessage`: a text with a link gets a preview of the page unless `no_webpage` is set."""
    check_request(request)
    chat = find_chat(call.world, call.account, request.peer)
    text, entities = accept_message(call, request.message, request.entities)
    if not text:
        raise Refusal("MESSAGE_EMPTY")
    draft = replace(
        _draft(call, request, thread_of(call, chat, request)),
        text=text,
        entities=entities,
        media=None if request.no_webpage else find_page(text, entities),
        random_id=request.random_id,
    )
    return deliver(call, chat, [draft])


def send_media(call: Call, request: Tl) -> Tl:
    """`messages.sendMedia`."""
    check_request(request)
    chat = find_chat(call.world, call.account, request.peer)
    media = resolve_media(call, request.media)
    draft = _draft(call, request, thread_of(call, chat, request))
    return deliver(call, chat, [replace(_captioned(call, draft, request), media=media)])


def send_multi_media(call: Call, request: Tl) -> Tl:
    """`messages.sendMultiMedia`: an album of files."""
    check_request(request)
    chat = find_chat(call.world, call.account, request.peer)
    items = request.multi_media
    if not items:
        raise Refusal("MEDIA_EMPTY")
    if len(items) > LARGEST_ALBUM:
        raise Refusal("MULTI_MEDIA_TOO_LONG")
    grouped_id = call.world.files.next_id() if len(items) > 1 else None
    common = replace(_draft(call, request, thread_of(call, chat, request)), grouped_id=grouped_id)
    files = [resolve_file(call, single.media) for single in items]
    pairs = zip(items, files, strict=True)
    return deliver(call, chat, [replace(_captioned(call, common, single), media=file) for single, file in pairs])


def _draft(call: Call, request: Tl, thread: Thread) -> Draft:
    return Draft(
        replied=thread.replied,
        topic_id=thread.topic_id,
        send_as=thread.send_as,
        is_silent=bool(request.silent),
        is_protected=bool(request.noforwards),
        is_inverted=bool(request.invert_media),
        # Only bots can put buttons under a message.
        buttons=getattr(request, "reply_markup", None) if call.account.is_bot else None,
    )


def _captioned(call: Call, draft: Draft, single: Tl) -> Draft:
    text, entities = accept_caption(call, single.message, single.entities)
    return replace(
        draft,
        text=text,
        entities=entities,
        random_id=single.random_id,
        has_spoiler=bool(getattr(single.media, "spoiler", None)),
        ttl_s=getattr(single.media, "ttl_seconds", None),
    )


ROUTES: Final[Routes] = {
    functions.messages.SendMessageRequest: send_message,
    functions.messages.SendMediaRequest: send_media,
    functions.messages.SendMultiMediaRequest: send_multi_media,
}
