"""From messages of a source to the sends that forward them: pure, and the same every time."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tgforward.forwarding.albums import ALBUM_SIZE, Unit, group_albums
from tgforward.forwarding.identity import random_id
from tgforward.forwarding.message import FormattedText, SourceMessage
from tgforward.forwarding.rules import DEFAULT_LIMITS, Dropped, Rules, TextLimits
from tgforward.forwarding.skips import Skipped, SkipReason
from tgforward.forwarding.template import TemplateContext
from tgforward.types import ConfigId, MessageId, RandomId

BATCH_SIZE = 100
"""Ids in one call at most: core.telegram.org/method/messages.forwardMessages."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message to be sent under its `random_id`; `content` is its new text, None if it goes as it is."""

    message: SourceMessage
    random_id: RandomId
    part: int = 0
    content: FormattedText | None = None


@dataclass(frozen=True, slots=True)
class ForwardBatch:
    """Unchanged messages in one `forwardMessages`: ids strictly rising, no album cut."""

    deliveries: tuple[Delivery, ...]


@dataclass(frozen=True, slots=True)
class SendOne:
    """One changed message, sent anew."""

    delivery: Delivery

    @property
    def deliveries(self) -> tuple[Delivery, ...]:
        """The delivery as a sequence, like those of the other steps."""
        return (self.delivery,)


@dataclass(frozen=True, slots=True)
class SendAlbum:
    """An album of which something changed, sent anew as a whole; 2 to 10 members, the unchanged ones among them."""

    deliveries: tuple[Delivery, ...]


Step = ForwardBatch | SendOne | SendAlbum


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps in source order, what is left out, and how far the cursor goes."""

    steps: tuple[Step, ...]
    skipped: tuple[Skipped, ...]
    seen: MessageId | None
    """The highest id of all messages, also of those that were skipped or already sent; None without messages."""
    _settled_before: tuple[MessageId | None, ...] = field(repr=False)
    """For each step the id of the message before its own."""

    @property
    def deliveries(self) -> tuple[Delivery, ...]:
        """Those of all steps, in order."""
        return tuple(delivery for step in self.steps for delivery in step.deliveries)

    def cursor_before(self, step: int) -> MessageId | None:
        """The highest id that is settled before this step (0 is the first) is done; None if none is."""
        return self._settled_before[step] if step < len(self.steps) else self.seen

    def cursor_after(self, step: int) -> MessageId | None:
        """The highest id that is settled once this step is done, with all messages that need none up to the next.

        It never stands inside an album; None is only possible while the very first album takes several steps.
        """
        return self.cursor_before(step + 1)


def make_plan(
    messages: Sequence[SourceMessage],
    rules: Rules,
    *,
    config_id: ConfigId,
    epoch: int,
    context: TemplateContext,
    limits: TextLimits = DEFAULT_LIMITS,
    chat_is_protected: bool = False,
    already_sent: frozenset[MessageId] = frozenset(),
) -> Plan:
    """The plan for messages of one chat, oldest first; albums are complete, as `split_complete` returns them.

    Messages in `already_sent` still count for the rules of their album but are not delivered again.
    """
    draft = _Draft(config_id, epoch, already_sent)
    for unit in group_albums(messages):
        if reason := _unfit(unit, chat_is_protected=chat_is_protected):
            draft.skip(unit, reason)
        else:
            match rules.apply(unit, context, limits):
                case Dropped(reason, detail):
                    draft.skip(unit, reason, detail)
                case kept:
                    draft.deliver(unit, kept.contents)
        draft.settled = unit[-1].id
    draft.close_batch()
    return Plan(tuple(draft.steps), tuple(draft.skipped), draft.settled, tuple(draft.settled_before))


def _unfit(unit: Unit, *, chat_is_protected: bool) -> SkipReason | None:
    if any(message.is_service for message in unit):
        return SkipReason.SERVICE
    if chat_is_protected or any(message.is_protected for message in unit):
        return SkipReason.PROTECTED
    return None


def _can_be_album(unit: Unit) -> bool:
    return all(message.media is not None and message.media.has_caption for message in unit)


@dataclass(slots=True)
class _Draft:
    """A plan in the making; units come in source order."""

    config_id: ConfigId
    epoch: int
    already_sent: frozenset[MessageId]
    settled: MessageId | None = None
    steps: list[Step] = field(default_factory=list)
    settled_before: list[MessageId | None] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    batch: list[Delivery] = field(default_factory=list)
    settled_before_batch: MessageId | None = None

    def skip(self, unit: Unit, reason: SkipReason, detail: str = "") -> None:
        """Leave the unit out."""
        self.skipped += (Skipped(m.id, reason, detail) for m in unit if m.id not in self.already_sent)

    def deliver(self, unit: Unit, contents: Sequence[FormattedText | None]) -> None:
        """Forward the unit as it is, or send it anew if any of it changed."""
        deliveries = [self._delivery(message, content) for message, content in zip(unit, contents, strict=True)]
        if all(content is None for content in contents):
            self._forward(deliveries)
        elif len(unit) > 1 and _can_be_album(unit):
            self._send_album(deliveries)
        else:
            self._send_singly(deliveries)

    def close_batch(self) -> None:
        """Make a step of what is gathered for one `forwardMessages`."""
        if self.batch:
            self.steps.append(ForwardBatch(tuple(self.batch)))
            self.settled_before.append(self.settled_before_batch)
            self.batch = []

    def _delivery(self, message: SourceMessage, content: FormattedText | None) -> Delivery:
        identity = random_id(self.config_id, self.epoch, message.chat_id, message.id)
        return Delivery(message, identity, content=content)

    def _forward(self, deliveries: Sequence[Delivery]) -> None:
        for chunk in self._chunks(deliveries, BATCH_SIZE):
            if len(self.batch) + len(chunk) > BATCH_SIZE:
                self.close_batch()
            if not self.batch:
                self.settled_before_batch = self.settled
            self.batch += chunk

    def _send_album(self, deliveries: Sequence[Delivery]) -> None:
        for chunk in self._chunks(deliveries, ALBUM_SIZE):
            if len(chunk) > 1:
                self._step(SendAlbum(tuple(chunk)))
            else:
                self._send_singly(chunk)

    def _send_singly(self, deliveries: Sequence[Delivery]) -> None:
        """For what no `sendMultiMedia` takes: each goes by the way that is open to it."""
        for (delivery,) in self._chunks(deliveries, 1):
            if delivery.content is None:
                self._forward([delivery])
            else:
                self._step(SendOne(delivery))

    def _chunks(self, deliveries: Sequence[Delivery], size: int) -> list[list[Delivery]]:
        """Pieces of at most `size` without what was sent; the borders do not depend on what was sent."""
        pieces = (deliveries[start : start + size] for start in range(0, len(deliveries), size))
        unsent = ([d for d in piece if d.message.id not in self.already_sent] for piece in pieces)
        return [piece for piece in unsent if piece]

    def _step(self, step: Step) -> None:
        self.close_batch()
        self.steps.append(step)
        self.settled_before.append(self.settled)
