"""Sends that are ready to go, each under `random_id`s of ours."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from telethon.tl import functions, types

from tgforward.forwarding.plan import Delivery
from tgforward.telegram.convert import Handle, handle_of
from tgforward.telegram.entities import to_telegram
from tgforward.telegram.manner import PLAIN, Manner, keeps_preview, text_of
from tgforward.telegram.media import to_input
from tgforward.telegram.peers import Peer, input_peer


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One request that sends, and what it delivers."""

    deliveries: Sequence[Delivery]
    manner: Manner
    make_request: Callable[[Manner], Any]

    @property
    def request(self) -> Any:
        """The request itself."""
        return self.make_request(self.manner)

    def without_reply(self) -> "Outgoing":
        """The same messages under the same `random_id`s, in answer to nothing."""
        return replace(self, manner=replace(self.manner, reply_to=None))


def as_forward(source: Peer, dest: Peer, deliveries: Sequence[Delivery], manner: Manner = PLAIN) -> Outgoing:
    """At most 100 messages as they are, ids rising; one reply is the same for all of them.

    Source: core.telegram.org/method/messages.forwardMessages
    """

    def make(manner: Manner) -> Any:
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

    return Outgoing(deliveries, manner, make)


def as_text(dest: Peer, delivery: Delivery, manner: Manner = PLAIN) -> Outgoing:
    """A message's text anew; it has a link preview if the original has one and the manner keeps it."""

    def make(manner: Manner) -> Any:
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

    return Outgoing((delivery,), manner, make)


def as_media(dest: Peer, delivery: Delivery, manner: Manner = PLAIN) -> Outgoing:
    """A message's media anew by reference, under its caption.

    Raises:
        MessageRejected: media of this kind can only be forwarded.
    """
    handle, content = handle_of(delivery.message), text_of(delivery)
    media = to_input(handle.message.media)

    def make(manner: Manner) -> Any:
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

    return Outgoing((delivery,), manner, make)


def as_album(dest: Peer, deliveries: Sequence[Delivery], manner: Manner = PLAIN) -> Outgoing:
    """2 to 10 media anew as one album; errors as those of `as_media`.

    Source: core.telegram.org/method/messages.sendMultiMedia
    """
    handles = [handle_of(delivery.message) for delivery in deliveries]
    members = [_member(delivery, handle) for delivery, handle in zip(deliveries, handles, strict=True)]

    def make(manner: Manner) -> Any:
        return functions.messages.SendMultiMediaRequest(
            peer=input_peer(dest),
            multi_media=members,
            invert_media=any(handle.message.invert_media for handle in handles) or None,
            silent=manner.is_silent,
            reply_to=manner.reply,
            send_as=manner.sender,
        )

    return Outgoing(deliveries, manner, make)


def _member(delivery: Delivery, handle: Handle) -> Any:
    content = text_of(delivery)
    return types.InputSingleMedia(
        media=to_input(handle.message.media),
        message=content.text,
        random_id=delivery.random_id,
        entities=to_telegram(content.entities, handle.users),
    )
