"""From messages of a source to the sends that forward them: pure, and the same every time."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tgforward.forwarding.albums import Unit, group_albums
from tgforward.forwarding.deliveries import Delivery, ForwardBatch, PinOne, SendAlbum, SendOne, Step
from tgforward.forwarding.duplicates import content_hash
from tgforward.forwarding.entities import utf16_length
from tgforward.forwarding.identity import part_of
from tgforward.forwarding.known import NOTHING_KNOWN, Known
from tgforward.forwarding.limits import DEFAULT_LIMITS, TextLimits
from tgforward.forwarding.message import MediaKind, SourceMessage
from tgforward.forwarding.outline import BATCH_SIZE, Outline
from tgforward.forwarding.rules import Rules
from tgforward.forwarding.ruleset import SendOptions
from tgforward.forwarding.skips import Skipped, SkipReason
from tgforward.forwarding.template import TemplateContext
from tgforward.forwarding.verdict import Dropped, Pieces
from tgforward.types import ConfigId, MessageId

__all__ = [
    "BATCH_SIZE",
    "NOTHING_KNOWN",
    "Delivery",
    "ForwardBatch",
    "Known",
    "PinOne",
    "Plan",
    "SendAlbum",
    "SendOne",
    "Step",
    "make_plan",
]

GENERAL_TOPIC = MessageId(1)
"""Of everything in a forum that stands in no other: core.telegram.org/api/forum."""

_DEFAULT_OPTIONS = SendOptions()


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

        It never stands inside an album; None is only possible while the very first unit takes several steps.
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
    options: SendOptions = _DEFAULT_OPTIONS,
    dest_number: int = 0,
    revision: int = 0,
    source_topic: MessageId | None = None,
    known: Known = NOTHING_KNOWN,
) -> Plan:
    """The plan for messages of one chat, oldest first; albums are complete, as `split_complete` returns them.

    What is settled still counts for the rules of its album, for replies and for duplicates, but is not delivered again.
    """
    part = part_of(dest_number, revision=revision)
    outline = Outline(config_id, epoch, part, known, options.replies)
    for unit in group_albums(messages):
        if reason := _unfit(unit, source_topic, chat_is_protected=chat_is_protected):
            if reason is SkipReason.SERVICE and options.pins and _tells_of_pin(unit, outline):
                outline.pin(unit[0])
            else:
                outline.skip(unit, reason)
        else:
            match rules.apply(unit, context, limits):
                case Dropped(reason, detail):
                    outline.skip(unit, reason, detail)
                case kept if options.web_preview:
                    _deliver(outline, unit, kept.contents, rules)
                case kept:
                    _deliver(outline, unit, _without_preview(unit, kept.contents, limits), rules)
        outline.settled = unit[-1].id
    outline.close_batch()
    return Plan(tuple(outline.steps), tuple(outline.skipped), outline.settled, tuple(outline.settled_before))


def _unfit(unit: Unit, source_topic: MessageId | None, *, chat_is_protected: bool) -> SkipReason | None:
    if source_topic is not None and any((message.topic_id or GENERAL_TOPIC) != source_topic for message in unit):
        return SkipReason.TOPIC
    if any(message.is_service for message in unit):
        return SkipReason.SERVICE
    if chat_is_protected or any(message.is_protected for message in unit):
        return SkipReason.PROTECTED
    return None


def _tells_of_pin(unit: Unit, outline: Outline) -> bool:
    return unit[0].pins is not None and outline.has_sent(unit[0].pins)


def _deliver(outline: Outline, unit: Unit, contents: Sequence[Pieces | None], rules: Rules) -> None:
    """Unless the same content was forwarded before, where the rules want to know."""
    if rules.duplicate_days is None:
        outline.deliver(unit, contents)
    elif outline.has_forwarded(number := content_hash(unit), before=unit[0].id):
        outline.skip(unit, SkipReason.DUPLICATE, f"step {rules.duplicate_step}")
    else:
        outline.deliver(unit, contents, number)


def _without_preview(unit: Unit, contents: Sequence[Pieces | None], limits: TextLimits) -> list[Pieces | None]:
    """A text goes anew to lose its link preview, unless it has nothing else or is longer than this account may send."""
    return [
        (message.content,) if pieces is None and _can_lose_preview(message, limits) else pieces
        for message, pieces in zip(unit, contents, strict=True)
    ]


def _can_lose_preview(message: SourceMessage, limits: TextLimits) -> bool:
    is_page = message.media is MediaKind.WEB_PAGE
    return is_page and 0 < utf16_length(message.content.text) <= limits.text
