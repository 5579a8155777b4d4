"""What a worker sees when it looks at all lanes, and what of it concerns it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from tgforward.db.leases import FreeLane, count_owned, list_free, until_next_expiry
from tgforward.db.session import Session
from tgforward.db.workers import list_live
from tgforward.services.lanes_share import count_lanes, lanes_to_claim, lanes_to_give
from tgforward.types import AccountId

LEFT_OVER_AFTER = timedelta(milliseconds=600)  # whoever it was due to has looked by then, unless it is stuck
ROUNDING = timedelta(milliseconds=5)


@dataclass(frozen=True, slots=True)
class Look:
    """The lanes at one moment, as they concern one worker."""

    mine: list[AccountId]
    """Free lanes that are this worker's share."""
    left_over: list[AccountId]
    """Free lanes of others that have not taken them in time: anybody may."""
    new: list[AccountId]
    """Lanes that nobody has ever noted."""
    surplus: int
    """How many lanes this worker should give up."""
    is_any_free: bool
    next_expiry_s: float
    """When a lease of another worker runs out unless it is renewed."""


async def look_around(session: Session, owner: str, ttl: timedelta, *, known: Collection[AccountId]) -> Look:
    """What `owner` should do now; `known` are lanes that it still has to do with, free or not."""
    free = [lane for lane in await list_free(session) if lane.account_id not in known]
    counts = count_lanes(await count_owned(session), await list_live(session))
    left = await until_next_expiry(session, owner)
    mine = lanes_to_claim([lane.account_id for lane in free], counts, owner)
    return Look(
        mine,
        [lane.account_id for lane in free if _is_left_over(lane) and lane.account_id not in mine],
        [lane.account_id for lane in free if lane.free_for is None],
        0 if free else lanes_to_give(counts, owner),
        is_any_free=bool(free),
        next_expiry_s=(ttl if left is None else left + ROUNDING).total_seconds(),
    )


def _is_left_over(lane: FreeLane) -> bool:
    return lane.free_for is not None and lane.free_for > LEFT_OVER_AFTER
