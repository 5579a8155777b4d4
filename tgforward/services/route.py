"""The way from a source to a dest through one account's connection, and what earlier runs tried on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from tgforward.services.pacing import Pace
from tgforward.telegram.connection import Connection
from tgforward.telegram.peers import Peer
from tgforward.types import RandomId


@dataclass(frozen=True, slots=True)
class Attempt:
    """How often a delivery was begun, this time included, and when for the first time."""

    number: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Route:
    """Where messages come from and go to, and how fast."""

    connection: Connection
    source: Peer
    dest: Peer
    attempts: Mapping[RandomId, Attempt]
    pace: Pace
    now: datetime
    is_single: bool = False
    """The dest takes one message per request (slow mode)."""

    def fewest_attempts(self, random_ids: list[RandomId]) -> int:
        """How often the youngest of these was begun."""
        return min((self.attempts[key].number for key in random_ids if key in self.attempts), default=1)
