"""Whether anything happened since the last look: one cheap statement, however much there is."""

from typing import NamedTuple

from sqlalchemy import func, select

from tgforward.db.models import AuditEntry, ForwardRun, LaneEvent, WorkerSample
from tgforward.db.session import Session


class Pulse(NamedTuple):
    """The newest of everything that happens; another value means that something did."""

    run: int | None
    change: int | None
    lane_event: int | None
    span: int | None


async def load_pulse(session: Session) -> Pulse:
    """The pulse now: each of its parts is the end of an index."""
    newest = (func.max(ForwardRun.id), func.max(AuditEntry.id), func.max(LaneEvent.id), func.max(WorkerSample.span))
    row = (await session.execute(select(*(select(item).scalar_subquery() for item in newest)))).one()
    return Pulse(*row)
