"""What came of a run's steps, true at every moment."""

from dataclasses import dataclass, field

from tgforward.errors import TgforwardError
from tgforward.forwarding.skips import Skipped
from tgforward.types import MessageId, RandomId


@dataclass(slots=True)
class Report:
    """What became of the steps that were done; `error` ended the run before the rest."""

    cursor: MessageId
    sent: dict[RandomId, MessageId | None] = field(default_factory=dict)
    arrived: set[MessageId] = field(default_factory=set)
    """The source messages of which a copy was sent; in how many pieces does not matter."""
    refused: dict[RandomId, Skipped] = field(default_factory=dict)
    error: TgforwardError | None = None
