"""A lane for the length of one command: a session is used by one process at a time, also by the command line."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import uuid4

from tgforward.db.leases import claim_free, release
from tgforward.db.transaction import in_transaction
from tgforward.services.deps import Deps
from tgforward.services.lane import Lane
from tgforward.types import AccountId

LOAN = timedelta(seconds=60)  # a command that takes longer loses the lane, as a worker does


@asynccontextmanager
async def borrowed_lane(deps: Deps, account_id: AccountId) -> AsyncIterator[Lane | None]:
    """The account's lane, or None while a worker owns it (ask that worker then)."""
    owner = f"command-{uuid4().hex}"
    deadline = deps.clock.monotonic() + LOAN.total_seconds()
    leases = await in_transaction(
        deps.session_factory, lambda session: claim_free(session, owner, ttl=LOAN, account_ids=[account_id])
    )
    if not leases:
        yield None
        return
    lane = Lane(deps, account_id, leases[0].token, deadline)
    try:
        yield lane
    finally:
        await lane.close()
        await in_transaction(deps.session_factory, lambda session: release(session, owner))
