"""Sends under a `random_id` of ours: repeated after a crash or a lost answer, they return the first send's messages."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from telethon.tl import functions, types

from tgforward.errors import MessageRejected
from tgforward.forwarding.plan import Delivery
from tgforward.telegram.connection import Connection
from tgforward.telegram.convert import Handle, handle_of
from tgforward.telegram.entities import to_telegram
from tgforward.telegram.error_codes import REPLY_LOST
from tgforward.telegram.manner import PLAIN, keeps_preview, text_of
from tgforward.telegram.manner import Manner as Manner  # part of the signatures here
from tgforward.telegram.media import to_input
from tgforward.telegram.peers import Peer, input_peer
from tgforward.types import MessageId, RandomId

Sent = Mapping[RandomId, MessageId]
"""The new message of each send; those that Telegram left out (deleted meanwhile) are absent."""


async def forward(
    conn: Connection, source: Peer, dest: Peer, deliveries: Sequence[Delivery], manner: Manner = PLAIN
) -> Sent:
    """Forward at most 100 messages as they are, ids rising; one reply is the same for all of them.

    Source: core.telegram.org/method/messages.forwardMessages
    """

    def request(manner: Manner) -> Any:
        return functions.messages.ForwardMessagesRequest(
            from_peer=input_peer(source),
            id=[delivery.message.id for delivery in deliveries],
            to_peer=input_peer(dest),
            drop_author=manner.drop_author,
            random_id=[delivery.random_id for delivery in deliveries],
            top_msg_id=manner.topic_id,
            silent=manner.is_silent,
            reply_to=None if manner.reply_to is None else manner.reply,
            send_as=manner.sender,
        )

    return _sent(await _call(conn, request, manner), deliveries)


async def send_text(conn: Connection, dest: Peer, delivery: Delivery, manner: Manner = PLAIN) -> Sent:
    """Send a message's text anew; it has a link preview if the original has one and the manner keeps it."""
    return _sent(await _call(conn, lambda manner: text_request(dest, delivery, manner), manner), (delivery,))


def text_request(dest: Peer, delivery: Delivery, manner: Manner = PLAIN) -> Any:
    """The request by which `send_text` sends."""
    handle, content = handle_of(delivery.message), text_of(delivery)
    has_preview = keeps_preview(delivery, manner)
    return functions.messages.SendMessageRequest(
        peer=input_peer(dest),
        message=content.text,
        entities=to_telegram(content.entities, handle.users),
        no_webpage=not has_preview,
        invert_media=has_preview and handle.message.invert_media,
        silent=manner.is_silent,
        reply_to=manner.reply,
        send_as=manner.sender,
        random_id=delivery.random_id,
    )


async def send_media(conn: Connection, dest: Peer, delivery: Delivery, manner: Manner = PLAIN) -> Sent:
    """Send a message's media anew by reference, under its caption.

    Raises:
        FileReferenceExpired: fetch the message again and repeat with the same `random_id`.
        MessageRejected: media of this kind can only be forwarded.
    """
    handle, content = handle_of(delivery.message), text_of(delivery)
    media = to_input(handle.message.media)

    def request(manner: Manner) -> Any:
        return functions.messages.SendMediaRequest(
            peer=input_peer(dest),
            media=media,
            message=content.text,
            entities=to_telegram(content.entities, handle.users),
            invert_media=handle.message.invert_media,
            silent=manner.is_silent,
            reply_to=manner.reply,
            send_as=manner.sender,
            random_id=delivery.random_id,
        )

    return _sent(await _call(conn, request, manner), (delivery,))


async def send_album(conn: Connection, dest: Peer, deliveries: Sequence[Delivery], manner: Manner = PLAIN) -> Sent:
    """Send 2 to 10 media anew as one album; errors as those of `send_media`.

    Source: core.telegram.org/method/messages.sendMultiMedia
    """
    handles = [handle_of(delivery.message) for delivery in deliveries]
    members = [_member(delivery, handle) for delivery, handle in zip(deliveries, handles, strict=True)]

    def request(manner: Manner) -> Any:
        return functions.messages.SendMultiMediaRequest(
            peer=input_peer(dest),
            multi_media=members,
            invert_media=any(handle.message.invert_media for handle in handles) or None,
            silent=manner.is_silent,
            reply_to=manner.reply,
            send_as=manner.sender,
        )

    return _sent(await _call(conn, request, manner), deliveries)


def _member(delivery: Delivery, handle: Handle) -> Any:
    content = text_of(delivery)
    return types.InputSingleMedia(
        media=to_input(handle.message.media),
        message=content.text,
        random_id=delivery.random_id,
        entities=to_telegram(content.entities, handle.users),
    )


async def _call(conn: Connection, request: Callable[[Manner], Any], manner: Manner) -> Any:
    """A message is not lost because what it answers is: it goes once more without, under the same `random_id`."""
    try:
        return await conn.call(request(manner))
    except MessageRejected as error:
        if manner.reply_to is None or error.code not in REPLY_LOST:
            raise
    return await conn.call(request(replace(manner, reply_to=None)))


def _sent(answer: Any, deliveries: Iterable[Delivery]) -> Sent:
    """Never by position: a message that is missing makes the answer shorter."""
    wanted = [delivery.random_id for delivery in deliveries]
    if isinstance(answer, types.UpdateShortSentMessage):
        return {wanted[0]: MessageId(answer.id)}  # only ever the answer to one text
    updates = getattr(answer, "updates", ())
    given = {update.random_id: update.id for update in updates if isinstance(update, types.UpdateMessageID)}
    return {random_id: MessageId(given[random_id]) for random_id in wanted if random_id in given}
