"""The lines around a text, and what becomes of a text that is too long."""

from collections.abc import Sequence
from dataclasses import dataclass

from tgforward.forwarding.draft import Draft
from tgforward.forwarding.entities import append_line, trim, utf16_length
from tgforward.forwarding.limits import TextLimits
from tgforward.forwarding.markup import Markup
from tgforward.forwarding.message import FormattedText
from tgforward.forwarding.ruleset import TooLong
from tgforward.forwarding.skips import SkipReason
from tgforward.forwarding.splitting import shorten, split
from tgforward.forwarding.template import TemplateContext
from tgforward.forwarding.verdict import Dropped, Kept, Pieces


@dataclass(frozen=True, slots=True)
class Frame:
    """Headers and footers in the order in which they stand; the last footer is `add_text`."""

    headers: tuple[Markup, ...] = ()
    footers: tuple[Markup, ...] = ()

    def put(self, draft: Draft, context: TemplateContext, limits: TextLimits) -> None:
        """Put the lines around the text that an album shows: the first one there is, else the first member's.

        Lines that do not fit are left out, the last footer first, then upwards, then the last header first.
        """
        editable = list(draft.editable())
        if not editable or not (self.headers or self.footers):
            return
        position = next((position for position in editable if draft.contents[position].text), editable[0])
        message, body = draft.unit[position], draft.contents[position]
        here = context.at(message)
        headers, footers = _rendered(self.headers, here), _rendered(self.footers, here)
        while headers or footers:
            framed = _joined([*headers, body, *footers])
            if utf16_length(framed.text) <= limits.of(message):
                draft.contents[position] = framed
                return
            (footers or headers).pop()


def settle(draft: Draft, limits: TextLimits, too_long: TooLong) -> Kept | Dropped:
    """What is sent for each member: nothing new, its new text, or that in pieces where it is too long.

    An album of which anything changed is sent anew as a whole, so its unchanged members must fit, too.
    """
    pairs = list(zip(draft.unit, draft.contents, strict=True))
    same = [content is message.content or content == message.content for message, content in pairs]
    if all(same):
        return Kept((None,) * len(pairs))
    settled: list[Pieces | None] = []
    for (message, content), is_same in zip(pairs, same, strict=True):
        if utf16_length(content.text) <= (limit := limits.of(message)):
            settled.append(None if is_same else (content,))
        elif pieces := _fitted(content, limit, limits.text, too_long):
            settled.append(pieces)
        else:
            return Dropped(SkipReason.TOO_LONG, f"more than {limit} characters")
    return Kept(tuple(settled))


def _rendered(lines: Sequence[Markup], context: TemplateContext) -> list[FormattedText]:
    return [line for markup in lines if (line := markup.render(context)).text]


def _joined(lines: Sequence[FormattedText]) -> FormattedText:
    joined = FormattedText("")
    for line in lines:
        joined = append_line(joined, line) if line.text else joined
    return trim(joined)


def _fitted(content: FormattedText, limit: int, further: int, too_long: TooLong) -> Pieces:
    match too_long:
        case TooLong.REPLY:
            return split(content, limit, further)
        case TooLong.TRIM:
            return (shorten(content, limit),)
        case TooLong.SKIP:
            return ()
