"""What the ledger says before a plan is made."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tgforward.types import MessageId


@dataclass(frozen=True, slots=True)
class Known:
    """What earlier runs left behind in one dest."""

    settled: frozenset[tuple[MessageId, int]] = frozenset()
    """Source message and part of what was sent or given up: not sent again."""
    replies: frozenset[MessageId] = frozenset()
    """Source messages of which a copy stands in the dest; those that others answer or pin are enough."""
    hashes: Mapping[int, MessageId] = field(default_factory=dict)
    """By content hash the oldest source message that was lately forwarded with it."""


NOTHING_KNOWN = Known()
