"""Texts that are longer than Telegram takes: in pieces, or cut."""

import re

from tgforward.forwarding.entities import part, trim, utf16_length
from tgforward.forwarding.message import FormattedText

MOST_PIECES = 10
ELLIPSIS = "\u2026"

_PARAGRAPH = re.compile(r"\n\s*\n")
_LINE = re.compile(r"\n")
_BLANK = re.compile(r"\s")


def split(content: FormattedText, first: int, further: int) -> tuple[FormattedText, ...]:
    """The content in pieces, `first` code units at most in the first one and `further` in the others; ten at most.

    A piece ends where a paragraph, else a line, else a word does, if one does so in its second half; formatting goes
    on in the next piece. What ten pieces do not hold is cut off. Empty if not even one character fits.
    """
    pieces: list[FormattedText] = []
    rest, limit = content, first
    while utf16_length(rest.text) > limit:
        if len(pieces) == MOST_PIECES - 1:
            return (*pieces, shorten(rest, limit))
        border = find_border(rest.text, limit)
        if not border:
            return ()
        pieces.append(trim(part(rest, 0, border)))
        rest, limit = trim(part(rest, border, len(rest.text))), further
    return (*pieces, rest) if rest.text else tuple(pieces)


def shorten(content: FormattedText, limit: int) -> FormattedText:
    """The beginning of the content with an ellipsis behind it, `limit` code units at most; it is longer than that."""
    kept = trim(part(content, 0, find_border(content.text, limit - 1)))
    return FormattedText(kept.text + ELLIPSIS, kept.entities)


def find_border(text: str, limit: int) -> int:
    """Where a piece of at most `limit` code units ends, as an index of `text`, which is longer."""
    last = _fitting(text, limit)
    for border in (_PARAGRAPH, _LINE, _BLANK):
        # One more: a border right behind the piece leaves it whole.
        found = [match.start() for match in border.finditer(text, last // 2, last + 1)]
        if found and found[-1] > 0:
            return found[-1]
    return last


def _fitting(text: str, limit: int) -> int:
    """How many characters of `text` fit into `limit` code units."""
    head = text[: max(limit, 0)]
    while (excess := utf16_length(head) - limit) > 0 and head:
        # Each character is two units at most, so half of the excess goes for sure.
        head = head[: -((excess + 1) // 2)]
    return len(head)
