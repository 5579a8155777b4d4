"""What the rules say of a message or album."""

from dataclasses import dataclass

from tgforward.forwarding.message import FormattedText
from tgforward.forwarding.skips import SkipReason

Pieces = tuple[FormattedText, ...]
"""A new text; where it is too long its first piece, and the rest in the texts of replies to it."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The messages go on; for each its new text in pieces, or None if the rules left it as it was."""

    contents: tuple[Pieces | None, ...]


@dataclass(frozen=True, slots=True)
class Dropped:
    """The messages are not forwarded; `detail` is the word, the step or the limit."""

    reason: SkipReason
    detail: str = ""
