"""A plan in the making: units come in source order, and become deliveries in steps."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tgforward.forwarding.albums import ALBUM_SIZE, Unit
from tgforward.forwarding.deliveries import Delivery, ForwardBatch, PinOne, SendAlbum, SendOne, Step
from tgforward.forwarding.identity import random_id
from tgforward.forwarding.known import Known
from tgforward.forwarding.message import FormattedText, SourceMessage
from tgforward.forwarding.skips import Skipped, SkipReason
from tgforward.forwarding.verdict import Pieces
from tgforward.types import ConfigId, MessageId

BATCH_SIZE = 100
"""Ids in one call at most: core.telegram.org/method/messages.forwardMessages."""


@dataclass(slots=True)
class Outline:
    """The steps so far, and what they leave out; `part` is that of each message's first piece."""

    config_id: ConfigId
    epoch: int
    part: int
    known: Known
    keeps_replies: bool
    settled: MessageId | None = None
    """The highest id of the units that are dealt with."""
    steps: list[Step] = field(default_factory=list)
    settled_before: list[MessageId | None] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    _batch: list[Delivery] = field(default_factory=list)
    _settled_before_batch: MessageId | None = None
    _delivered: set[MessageId] = field(default_factory=set)
    _hashes: set[int] = field(default_factory=set)

    def skip(self, unit: Unit, reason: SkipReason, detail: str = "") -> None:
        """Leave the unit out."""
        settled = self.known.settled
        self.skipped += (Skipped(m.id, reason, detail) for m in unit if (m.id, self.part) not in settled)

    def has_sent(self, message_id: MessageId) -> bool:
        """Whether a copy of the message stands in the dest, or will once the steps so far are done."""
        return message_id in self._delivered or message_id in self.known.replies

    def has_forwarded(self, content_hash: int, before: MessageId) -> bool:
        """Whether an older message with the same content was forwarded, or will be."""
        return content_hash in self._hashes or self.known.hashes.get(content_hash, before) < before

    def pin(self, message: SourceMessage) -> None:
        """Pin what this service message says was pinned."""
        if (message.id, self.part) not in self.known.settled:
            self._step(PinOne(self._delivery(message, None)))

    def deliver(self, unit: Unit, contents: Sequence[Pieces | None], content_hash: int | None = None) -> None:
        """Forward the unit as it is, or send it anew if any of it changed; the rest of too long texts follows it."""
        reply_to = self._answered_by(unit)
        self._delivered.update(message.id for message in unit)
        if content_hash is not None:
            self._hashes.add(content_hash)
        first = [
            self._delivery(message, pieces[0] if pieces else None, reply_to=reply_to, content_hash=content_hash)
            for message, pieces in zip(unit, contents, strict=True)
        ]
        if not any(contents):
            self._forward(first)
        elif len(unit) > 1 and _can_be_album(unit):
            self._send_album(first)
            for message, pieces in zip(unit, contents, strict=True):
                self._send_rest(message, pieces, content_hash)
        else:
            for delivery, pieces in zip(first, contents, strict=True):
                self._send_singly(delivery)
                self._send_rest(delivery.message, pieces, content_hash)

    def close_batch(self) -> None:
        """Make a step of what is gathered for one `forwardMessages`."""
        if self._batch:
            self.steps.append(ForwardBatch(tuple(self._batch)))
            self.settled_before.append(self._settled_before_batch)
            self._batch = []

    def _answered_by(self, unit: Unit) -> MessageId | None:
        """An album answers as one; an answer to what is not in the dest quotes nothing."""
        if not self.keeps_replies:
            return None
        for message in unit:
            if message.reply_to is not None and self.has_sent(message.reply_to):
                return message.reply_to
        return None

    def _delivery(
        self,
        message: SourceMessage,
        content: FormattedText | None,
        *,
        piece: int = 0,
        reply_to: MessageId | None = None,
        content_hash: int | None = None,
    ) -> Delivery:
        part = self.part + piece
        identity = random_id(self.config_id, self.epoch, message.chat_id, message.id, part)
        return Delivery(message, identity, part, content, reply_to, content_hash)

    def _forward(self, deliveries: Sequence[Delivery]) -> None:
        """With others in one request, except answers: a request answers one message."""
        for chunk in self._chunks(deliveries, BATCH_SIZE):
            if chunk[0].reply_to is not None:
                self._step(ForwardBatch(tuple(chunk)))
                continue
            if len(self._batch) + len(chunk) > BATCH_SIZE:
                self.close_batch()
            if not self._batch:
                self._settled_before_batch = self.settled
            self._batch += chunk

    def _send_album(self, deliveries: Sequence[Delivery]) -> None:
        for chunk in self._chunks(deliveries, ALBUM_SIZE):
            if len(chunk) > 1:
                self._step(SendAlbum(tuple(chunk)))
            else:
                self._send_singly(chunk[0])

    def _send_singly(self, delivery: Delivery) -> None:
        """For what no `sendMultiMedia` takes: each goes by the way that is open to it."""
        if delivery.content is None:
            self._forward([delivery])
        elif (delivery.message.id, delivery.part) not in self.known.settled:
            self._step(SendOne(delivery))

    def _send_rest(self, message: SourceMessage, pieces: Pieces | None, content_hash: int | None) -> None:
        """The pieces behind the first one, as answers to it."""
        for piece, content in enumerate((pieces or ())[1:], 1):
            self._send_singly(
                self._delivery(message, content, piece=piece, reply_to=message.id, content_hash=content_hash)
            )

    def _chunks(self, deliveries: Sequence[Delivery], size: int) -> list[list[Delivery]]:
        """Pieces of at most `size` without what was sent; the borders do not depend on what was sent."""
        settled = self.known.settled
        pieces = (deliveries[start : start + size] for start in range(0, len(deliveries), size))
        unsent = ([d for d in piece if (d.message.id, d.part) not in settled] for piece in pieces)
        return [piece for piece in unsent if piece]

    def _step(self, step: Step) -> None:
        self.close_batch()
        self.steps.append(step)
        self.settled_before.append(self.settled)


def _can_be_album(unit: Unit) -> bool:
    return all(message.media is not None and message.media.has_caption for message in unit)
