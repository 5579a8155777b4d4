"""What a client sends as media: a reference to a known file, or one that it has just uploaded."""

from telethon.tl import types

from tgforward.sandbox.api.input_content import resolve_content
from tgforward.sandbox.call import Call
from tgforward.sandbox.refusals import Refusal
from tgforward.sandbox.tl import Tl
from tgforward.sandbox.world.media import Media, parse_reference


def resolve_media(call: Call, media: Tl) -> Media | Tl:
    """What will hang on the message: a stored file, or content of another kind.

    Raises:
        Refusal: as `resolve_file` and `resolve_content`.
    """
    content = resolve_content(call, media)
    return resolve_file(call, media) if content is None else content


def resolve_file(call: Call, media: Tl) -> Media:
    """The stored file that `media` means.

    Raises:
        Refusal: there is none, its file reference is too old, or it stands in a protected message.
    """
    match media:
        case types.InputMediaPhoto() | types.InputMediaDocument():
            return find_file(call, media.id, for_sending=True)
        case types.InputMediaUploadedPhoto():
            return call.world.files.add_file("", _take_upload(call, media.file), [])
        case types.InputMediaUploadedDocument():
            data = _take_upload(call, media.file)
            return call.world.files.add_file(media.mime_type or "application/octet-stream", data, media.attributes)
    raise Refusal("MEDIA_INVALID")


def find_file(call: Call, location: Tl, *, for_sending: bool) -> Media:
    """The file that an input photo, input document or file location names.

    Raises:
        Refusal: as `resolve_media`.
    """
    media = call.world.files.find(location.id, location.access_hash)
    if media is None:
        raise Refusal("MEDIA_EMPTY" if for_sending else "LOCATION_INVALID")
    reference = parse_reference(location.file_reference)
    if reference is None or reference.media_id != media.id:
        raise Refusal("FILE_REFERENCE_INVALID" if location.file_reference else "FILE_REFERENCE_EMPTY")
    if reference.epoch != media.epoch:
        raise Refusal("FILE_REFERENCE_EXPIRED")
    if for_sending and _is_protected(call, reference.chat_key, reference.message_id):
        raise Refusal("CHAT_FORWARDS_RESTRICTED")
    return media


def _is_protected(call: Call, chat_key: int, message_id: int) -> bool:
    chat = call.world.chats.get(chat_key)
    if chat is None:
        return False
    message = chat.history().messages.get(message_id)
    return chat.is_protected or (message is not None and message.is_protected)


def _take_upload(call: Call, file: Tl) -> bytes:
    data = call.world.files.take_upload(call.account.id, file.id, file.parts)
    if data is None:
        raise Refusal("FILE_PARTS_INVALID")
    return data
