"""`messages`: sending text, media and albums."""

from typing import Final

from telethon.tl import functions

from tgforward.sandbox.api.input_media import resolve_media
from tgforward.sandbox.api.sending import deliver, thread_of, with_thread
from tgforward.sandbox.call import Call, Routes
from tgforward.sandbox.refusals import Refusal
from tgforward.sandbox.tl import Tl
from tgforward.sandbox.world.access import find_chat
from tgforward.sandbox.world.messages import Draft
from tgforward.sandbox.world.text import CAPTION_UNITS, PREMIUM_CAPTION_UNITS, TEXT_UNITS, accept_text

LARGEST_ALBUM = 10


def send_message(call: Call, request: Tl) -> Tl:
    """`messages.sendMessage`."""
    chat = find_chat(call.world, call.account, request.peer)
    text, entities = accept_text(request.message, request.entities, limit=TEXT_UNITS, too_long="MESSAGE_TOO_LONG")
    if not text:
        raise Refusal("MESSAGE_EMPTY")
    draft = Draft(
        text=text,
        entities=entities,
        random_id=request.random_id,
        is_silent=bool(request.silent),
        is_protected=bool(request.noforwards),
    )
    return deliver(call, chat, [with_thread(draft, thread_of(chat, request.reply_to))])


def send_media(call: Call, request: Tl) -> Tl:
    """`messages.sendMedia`."""
    chat = find_chat(call.world, call.account, request.peer)
    draft = _media_draft(call, request, request)
    return deliver(call, chat, [with_thread(draft, thread_of(chat, request.reply_to))])


def send_multi_media(call: Call, request: Tl) -> Tl:
    """`messages.sendMultiMedia`: an album."""
    chat = find_chat(call.world, call.account, request.peer)
    if not request.multi_media:
        raise Refusal("MEDIA_EMPTY")
    if len(request.multi_media) > LARGEST_ALBUM:
        raise Refusal("MULTI_MEDIA_TOO_LONG")
    grouped_id = call.world.files.next_id() if len(request.multi_media) > 1 else None
    thread = thread_of(chat, request.reply_to)
    drafts = [_media_draft(call, request, single, grouped_id) for single in request.multi_media]
    return deliver(call, chat, [with_thread(draft, thread) for draft in drafts])


def _media_draft(call: Call, request: Tl, single: Tl, grouped_id: int | None = None) -> Draft:
    limit = PREMIUM_CAPTION_UNITS if call.account.is_premium else CAPTION_UNITS
    text, entities = accept_text(single.message, single.entities, limit=limit, too_long="MEDIA_CAPTION_TOO_LONG")
    return Draft(
        text=text,
        entities=entities,
        media=resolve_media(call, single.media),
        grouped_id=grouped_id,
        random_id=single.random_id,
        is_silent=bool(request.silent),
        is_protected=bool(request.noforwards),
    )


ROUTES: Final[Routes] = {
    functions.messages.SendMessageRequest: send_message,
    functions.messages.SendMediaRequest: send_media,
    functions.messages.SendMultiMediaRequest: send_multi_media,
}
