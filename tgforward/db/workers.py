"""Which worker processes are alive, by the database's clock; the caller's transaction commits."""

from datetime import timedelta

from sqlalchemy import delete, select

from tgforward.db.clock import now_ms
from tgforward.db.leases import expiry
from tgforward.db.models import WorkerProcess
from tgforward.db.session import Session
from tgforward.db.statements import execute
from tgforward.db.upsert import upsert

FORGET_AFTER = timedelta(minutes=1)


async def announce(session: Session, owner: str, ttl: timedelta) -> None:
    """Notes that `owner` is alive for another `ttl`."""
    row = {"owner": owner, "expires_at_ms": expiry(ttl)}
    await session.execute(
        upsert(session, WorkerProcess, [row], key=("owner",), changes=lambda new: {"expires_at_ms": new.expires_at_ms})
    )


async def withdraw(session: Session, owner: str) -> None:
    """Forgets a process that ends."""
    await execute(session, delete(WorkerProcess).where(WorkerProcess.owner == owner))


async def forget_dead(session: Session) -> int:
    """Removes the rows of processes that died a while ago; how many."""
    before = now_ms() - int(FORGET_AFTER.total_seconds() * 1000)
    return await execute(session, delete(WorkerProcess).where(WorkerProcess.expires_at_ms < before))


async def list_live(session: Session) -> list[str]:
    """The processes that are alive, by name."""
    query = select(WorkerProcess.owner).where(WorkerProcess.expires_at_ms > now_ms()).order_by(WorkerProcess.owner)
    return list(await session.scalars(query))
