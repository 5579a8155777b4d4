"""What keeps the database small."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

from tgforward.db.alerts import prune_alerts
from tgforward.db.deliveries import prune_deliveries
from tgforward.db.lane_events import prune_lane_events
from tgforward.db.models.sample import SPAN_S
from tgforward.db.runs import prune_runs
from tgforward.db.samples import prune_samples
from tgforward.db.session import Session
from tgforward.db.slot_counts import prune_slot_counts
from tgforward.db.transaction import in_transaction
from tgforward.services.database import Stored

KEEP_SAMPLES = timedelta(days=2)  # charts show an hour; 40 workers write 173,000 rows a day


async def prune(deps: Stored, keep: timedelta) -> int:
    """Remove runs, events and alerts older than `keep`, old samples and counts of configs that are gone; how many."""
    before = deps.clock.now() - keep
    span = int((deps.clock.now() - KEEP_SAMPLES).timestamp()) // SPAN_S
    works = [partial(remove, before=before) for remove in (prune_runs, prune_lane_events, prune_alerts)]
    works += [partial(prune_samples, before=span), partial(prune_slot_counts)]
    return sum([await _to_the_end(deps, work) for work in works])


async def forget_deliveries(deps: Stored, keep: timedelta) -> int:
    """Remove what was sent longer than `keep` ago from the ledger; how many."""
    before = deps.clock.now() - keep
    return await _to_the_end(deps, partial(prune_deliveries, before=before))


async def _to_the_end(deps: Stored, remove: Callable[[Session], Awaitable[int]]) -> int:
    """A transaction for each lot; what is interrupted goes on at the next time."""
    removed = 0
    while found := await in_transaction(deps.session_factory, remove):
        removed += found
    return removed
