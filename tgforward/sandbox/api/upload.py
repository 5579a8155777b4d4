"""`upload`: bytes in and out, and `messages.uploadMedia`, which makes media of them."""

from typing import Final

from telethon.tl import functions, types

from tgforward.sandbox.api.input_media import find_file, resolve_media
from tgforward.sandbox.call import Call, Routes
from tgforward.sandbox.refusals import Refusal
from tgforward.sandbox.tl import Tl
from tgforward.sandbox.world.access import find_chat


def save_file_part(call: Call, request: Tl) -> Tl:
    """`upload.saveFilePart` and `upload.saveBigFilePart`."""
    call.world.files.save_part(call.account.id, request.file_id, request.file_part, request.bytes)
    return True


def get_file(call: Call, request: Tl) -> Tl:
    """`upload.getFile`."""
    if call.login.account is None:
        raise Refusal("AUTH_KEY_UNREGISTERED")
    if not isinstance(request.location, types.InputPhotoFileLocation | types.InputDocumentFileLocation):
        raise Refusal("LOCATION_INVALID")
    media = find_file(call, request.location, for_sending=False)
    kind = types.storage.FileJpeg() if media.is_photo else types.storage.FileUnknown()
    data = media.data[request.offset : request.offset + request.limit]
    return types.upload.File(kind, int(media.date.timestamp()), data)


def upload_media(call: Call, request: Tl) -> Tl:
    """`messages.uploadMedia`."""
    find_chat(call.world, call.account, request.peer)
    return resolve_media(call, request.media).to_tl(call.world.dc_id)


ROUTES: Final[Routes] = {
    functions.upload.SaveFilePartRequest: save_file_part,
    functions.upload.SaveBigFilePartRequest: save_file_part,
    functions.upload.GetFileRequest: get_file,
    functions.messages.UploadMediaRequest: upload_media,
}
