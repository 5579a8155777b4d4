"""What a worker sees when it looks at all lanes, and what of it concerns it."""

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from tgforward.db.leases import LaneCount, count_lanes, list_free
from tgforward.db.session import Session
from tgforward.db.workers import list_live
from tgforward.services.lanes_share import lanes_to_claim, lanes_to_give
from tgforward.types import AccountId

LOOK_EVERY_S = 0.4
LOOK_AGAIN_S = 0.1  # when lanes are free that somebody else should take
LEFT_OVER_AFTER_S = 0.6  # whoever it was due to has looked by then, unless it is stuck
FREE = ""
ROUNDING = timedelta(milliseconds=5)


@dataclass(frozen=True, slots=True)
class Look:
    """The lanes at one moment, as they concern one worker."""

    mine: list[AccountId]
    """Free lanes that are this worker's share."""
    left_over: list[AccountId]
    """Free lanes of others that have not taken them in time: anybody may."""
    surplus: int
    """How many lanes this worker should give up."""
    next_look_s: float


@dataclass(slots=True)
class Lookout:
    """One worker's view; it remembers since when it sees a lane free."""

    owner: str
    _free_since: dict[AccountId, float] = field(default_factory=dict)

    async def look(self, session: Session, known: Collection[AccountId]) -> Look:
        """What the worker should do now; `known` are lanes that it still has to do with, free or not."""
        found = await count_lanes(session)
        is_any_free = found.pop(FREE, None) is not None
        counts = {owner: found[owner].lanes if owner in found else 0 for owner in await list_live(session)}
        free = await list_free(session) if is_any_free else []
        free = [account_id for account_id in free if account_id not in known]
        mine = lanes_to_claim(free, counts, self.owner)
        return Look(
            mine,
            [account_id for account_id in self._left_over(free) if account_id not in mine],
            0 if is_any_free else lanes_to_give(counts, self.owner),
            LOOK_AGAIN_S if free else _next_look_s(found, self.owner),
        )

    def _left_over(self, free: Collection[AccountId]) -> list[AccountId]:
        now = time.monotonic()
        self._free_since = {account_id: self._free_since.get(account_id, now) for account_id in free}
        return [account_id for account_id, since in self._free_since.items() if now - since > LEFT_OVER_AFTER_S]


def _next_look_s(found: Mapping[str, LaneCount], me: str) -> float:
    """Soon, or when a lease of another worker runs out unless it is renewed."""
    expiries = [count.next_expiry + ROUNDING for owner, count in found.items() if owner != me]
    return min([LOOK_EVERY_S, *(expiry.total_seconds() for expiry in expiries)])
