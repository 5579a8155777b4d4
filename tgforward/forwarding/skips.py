"""Why a message is not forwarded."""

from dataclasses import dataclass
from enum import StrEnum

from tgforward.types import MessageId


class SkipReason(StrEnum):
    """The word that is counted and shown for a message that was left out."""

    SKIP_WORD = "skip_word"
    """It holds one of the config's skip words."""
    EMPTY = "empty"
    """The rules left nothing of its text."""
    SERVICE = "service"
    """It tells of an event (somebody joined, a title changed); Telegram forwards no such message."""
    PROTECTED = "protected"
    """Its chat or the message itself forbids forwarding."""
    TOO_LONG = "too_long"
    """A changed text is longer than the account may send, and the config skips such messages."""
    GONE = "gone"
    """It was deleted before its turn came."""
    REJECTED = "rejected"
    """Telegram refused this one message."""
    FAILED = "failed"
    """Telegram failed on this one message again and again."""
    RULE = "rule"
    """A step of the config's rules says so; `detail` names it."""
    DUPLICATE = "duplicate"
    """The same content was forwarded lately."""
    HOURS = "hours"
    """It was written outside of the config's hours."""
    TOPIC = "topic"
    """It stands in another topic than the one that is forwarded; the services count it nowhere."""
    UNSUPPORTED = "unsupported"
    """A kind of message that cannot be sent on."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A source message that is not forwarded; `detail` says which word, step or limit, never what the message says."""

    message_id: MessageId
    reason: SkipReason
    detail: str = ""

    @property
    def cause(self) -> str:
        """The reason as it is counted: with the step of the rules, if one did it."""
        step, _, _ = self.detail.partition(":")
        return f"{self.reason} ({step})" if step.startswith("step ") else str(self.reason)
