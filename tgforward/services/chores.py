"""What keeps the database small."""

from datetime import timedelta

from tgforward.db.runs import prune_runs
from tgforward.db.transaction import in_transaction
from tgforward.services.deps import Deps


async def prune(deps: Deps, keep: timedelta) -> int:
    """Remove rows of runs that began longer than `keep` ago; answers how many."""
    before = deps.clock.now() - keep
    return await in_transaction(deps.session_factory, lambda session: prune_runs(session, before))
