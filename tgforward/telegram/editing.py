"""Changing what stands at the dest: each may be repeated after a crash, and a repeat is no error."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from telethon.tl import functions

from tgforward.errors import EditRefused, MessageGone, MessageRejected, PermanentError, WriteForbidden
from tgforward.forwarding.plan import Delivery
from tgforward.telegram.connection import Connection
from tgforward.telegram.convert import handle_of
from tgforward.telegram.entities import to_telegram
from tgforward.telegram.manner import PLAIN, Manner, is_text, keeps_preview, text_of
from tgforward.telegram.media import to_input
from tgforward.telegram.peers import Peer, PeerKind, input_channel, input_peer
from tgforward.types import MessageId

_IDS_PER_REQUEST = 100  # core.telegram.org/method/channels.deleteMessages
_DONE_BEFORE = frozenset({"MESSAGE_NOT_MODIFIED", "CHAT_NOT_MODIFIED"})


async def edit(conn: Connection, dest: Peer, message_id: MessageId, delivery: Delivery, manner: Manner = PLAIN) -> None:
    """Give a copy the text and media of the delivery; kinds that cannot be sent anew stay as they are.

    Raises:
        EditRefused: it is too old, gone, a forward that names its origin, or not this account's.
        FileReferenceExpired: fetch the source message again.

    Source: core.telegram.org/method/messages.editMessage
    """
    media = delivery.message.media
    if media is not None and media.is_forward_only:
        return
    with _idempotent():
        try:
            await conn.call(_edit_request(dest, message_id, delivery, manner))
        except (MessageGone, WriteForbidden) as error:
            raise EditRefused(
                f"Message {message_id} of {dest.title} cannot be edited: {error}", code=error.code
            ) from error


async def delete(conn: Connection, dest: Peer, message_ids: Sequence[MessageId]) -> None:
    """Remove messages for everybody; those that are gone already do not matter.

    Raises:
        EditRefused: the account may not delete them.
    """
    for start in range(0, len(message_ids), _IDS_PER_REQUEST):
        with _idempotent():
            await conn.call(_delete_request(dest, list(message_ids[start : start + _IDS_PER_REQUEST])))


async def pin(conn: Connection, dest: Peer, message_id: MessageId) -> None:
    """Pin a message, without telling the members.

    Raises:
        MessageGone: it does not exist any more.
        MessageRejected: the account may not pin there; sending is not concerned.
    """
    request = functions.messages.UpdatePinnedMessageRequest(input_peer(dest), message_id, silent=True)
    with _idempotent():
        try:
            await conn.call(request)
        except WriteForbidden as error:
            raise MessageRejected(
                f"The account may not pin messages in {dest.title}: give it the right to", code=error.code
            ) from error


@contextmanager
def _idempotent() -> Iterator[None]:
    try:
        yield
    except PermanentError as error:
        if error.code not in _DONE_BEFORE:
            raise


def _edit_request(dest: Peer, message_id: MessageId, delivery: Delivery, manner: Manner) -> Any:
    handle, content = handle_of(delivery.message), text_of(delivery)
    is_plain, has_preview = is_text(delivery), keeps_preview(delivery, manner)
    return functions.messages.EditMessageRequest(
        peer=input_peer(dest),
        id=message_id,
        message=content.text,
        entities=to_telegram(content.entities, handle.users),
        # The same media again is harmless; whether it was replaced in the source is not known here.
        media=None if is_plain else to_input(handle.message.media),
        no_webpage=is_plain and not has_preview,
        invert_media=handle.message.invert_media if has_preview or not is_plain else None,
    )


def _delete_request(dest: Peer, message_ids: list[MessageId]) -> Any:
    if dest.kind in {PeerKind.CHANNEL, PeerKind.SUPERGROUP}:
        return functions.channels.DeleteMessagesRequest(input_channel(dest), message_ids)
    return functions.messages.DeleteMessagesRequest(message_ids, revoke=True)
