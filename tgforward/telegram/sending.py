"""Sends under a `random_id` of ours: repeated after a crash or a lost answer, they return the first send's messages."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from telethon.tl import functions, types

from tgforward.forwarding.message import FormattedText
from tgforward.forwarding.plan import Delivery
from tgforward.telegram.connection import Connection
from tgforward.telegram.convert import Handle, handle_of
from tgforward.telegram.entities import to_telegram
from tgforward.telegram.media import to_input
from tgforward.telegram.peers import Peer, input_peer
from tgforward.types import MessageId, RandomId

Sent = Mapping[RandomId, MessageId]
"""The new message of each send; those that Telegram left out (deleted meanwhile) are absent."""


async def forward(
    conn: Connection, source: Peer, dest: Peer, deliveries: Sequence[Delivery], *, top_msg_id: MessageId | None = None
) -> Sent:
    """Forward at most 100 messages as they are, ids rising, without naming their author.

    Source: core.telegram.org/method/messages.forwardMessages
    """
    request = functions.messages.ForwardMessagesRequest(
        from_peer=input_peer(source),
        id=[delivery.message.id for delivery in deliveries],
        to_peer=input_peer(dest),
        drop_author=True,
        random_id=[delivery.random_id for delivery in deliveries],
        top_msg_id=top_msg_id,
    )
    return _sent(await conn.call(request), deliveries)


async def send_text(conn: Connection, dest: Peer, delivery: Delivery, *, top_msg_id: MessageId | None = None) -> Sent:
    """Send a message's text anew; it has a link preview if the original has one."""
    return _sent(await conn.call(text_request(dest, delivery, top_msg_id)), (delivery,))


def text_request(dest: Peer, delivery: Delivery, top_msg_id: MessageId | None = None) -> Any:
    """The request by which `send_text` sends."""
    handle, content = handle_of(delivery.message), _content(delivery)
    return functions.messages.SendMessageRequest(
        peer=input_peer(dest),
        message=content.text,
        entities=to_telegram(content.entities, handle.users),
        no_webpage=not isinstance(handle.message.media, types.MessageMediaWebPage),
        invert_media=handle.message.invert_media,
        reply_to=_in_topic(top_msg_id),
        random_id=delivery.random_id,
    )


async def send_media(conn: Connection, dest: Peer, delivery: Delivery, *, top_msg_id: MessageId | None = None) -> Sent:
    """Send a message's media anew by reference, under its caption.

    Raises:
        FileReferenceExpired: fetch the message again and repeat with the same `random_id`.
        MessageRejected: media of this kind can only be forwarded.
    """
    handle, content = handle_of(delivery.message), _content(delivery)
    request = functions.messages.SendMediaRequest(
        peer=input_peer(dest),
        media=to_input(handle.message.media),
        message=content.text,
        entities=to_telegram(content.entities, handle.users),
        invert_media=handle.message.invert_media,
        reply_to=_in_topic(top_msg_id),
        random_id=delivery.random_id,
    )
    return _sent(await conn.call(request), (delivery,))


async def send_album(
    conn: Connection, dest: Peer, deliveries: Sequence[Delivery], *, top_msg_id: MessageId | None = None
) -> Sent:
    """Send 2 to 10 media anew as one album; errors as those of `send_media`.

    Source: core.telegram.org/method/messages.sendMultiMedia
    """
    handles = [handle_of(delivery.message) for delivery in deliveries]
    request = functions.messages.SendMultiMediaRequest(
        peer=input_peer(dest),
        multi_media=[_member(delivery, handle) for delivery, handle in zip(deliveries, handles, strict=True)],
        invert_media=any(handle.message.invert_media for handle in handles) or None,
        reply_to=_in_topic(top_msg_id),
    )
    return _sent(await conn.call(request), deliveries)


def _member(delivery: Delivery, handle: Handle) -> Any:
    content = _content(delivery)
    return types.InputSingleMedia(
        media=to_input(handle.message.media),
        message=content.text,
        random_id=delivery.random_id,
        entities=to_telegram(content.entities, handle.users),
    )


def _content(delivery: Delivery) -> FormattedText:
    return delivery.message.content if delivery.content is None else delivery.content


def _in_topic(top_msg_id: MessageId | None) -> Any:
    return None if top_msg_id is None else types.InputReplyToMessage(top_msg_id)


def _sent(answer: Any, deliveries: Iterable[Delivery]) -> Sent:
    """Never by position: a message that is missing makes the answer shorter."""
    wanted = [delivery.random_id for delivery in deliveries]
    if isinstance(answer, types.UpdateShortSentMessage):
        return {wanted[0]: MessageId(answer.id)}  # only ever the answer to one text
    updates = getattr(answer, "updates", ())
    given = {update.random_id: update.id for update in updates if isinstance(update, types.UpdateMessageID)}
    return {random_id: MessageId(given[random_id]) for random_id in wanted if random_id in given}
