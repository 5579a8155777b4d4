"""The way from a source to a dest through one account's connection, and what earlier runs tried on it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from tgforward.forwarding.plan import Delivery
from tgforward.services.pacing import Pace
from tgforward.telegram.connection import Connection
from tgforward.telegram.manner import Manner
from tgforward.telegram.peers import Peer
from tgforward.types import MessageId, RandomId


@dataclass(frozen=True, slots=True)
class Attempt:
    """How often a delivery was begun, this time included, and when for the first time."""

    number: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Route:
    """Where messages come from and go to, how, and how fast."""

    connection: Connection
    source: Peer
    dest: Peer
    manner: Manner
    copies: dict[MessageId, MessageId]
    """What source messages became in the dest; grows while messages are sent."""
    attempts: Mapping[RandomId, Attempt]
    pace: Pace
    now: datetime
    is_single: bool = False
    """The dest takes one message per request (slow mode)."""

    def manner_of(self, delivery: Delivery) -> Manner:
        """How this one is sent: as all are, and as an answer to what it answers, if that arrived."""
        copy = None if delivery.reply_to is None else self.copies.get(delivery.reply_to)
        return self.manner if copy is None else replace(self.manner, reply_to=copy)

    @property
    def begun_at(self) -> datetime:
        """When the first of all these deliveries was begun."""
        return min((attempt.since for attempt in self.attempts.values()), default=self.now)

    def fewest_attempts(self, random_ids: list[RandomId]) -> int:
        """How often the youngest of these was begun."""
        return min((self.attempts[key].number for key in random_ids if key in self.attempts), default=1)
