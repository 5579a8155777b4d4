"""How long a text may be."""

from dataclasses import dataclass

from tgforward.forwarding.message import SourceMessage


@dataclass(frozen=True, slots=True)
class TextLimits:
    """UTF-16 code units that the account may send; the defaults are those of an account without premium."""

    text: int = 4096
    caption: int = 1024

    def of(self, message: SourceMessage) -> int:
        """The limit for this message's text."""
        return self.caption if message.media is not None and message.media.has_caption else self.text


DEFAULT_LIMITS = TextLimits()
