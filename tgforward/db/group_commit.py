"""What the tasks of a process write down within a few milliseconds is one transaction.

Nobody is told before the commit. A task that cannot be written down fails alone: a transaction that fails is split
until the culprit stands by itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tgforward.db.deliveries import mark_each_dead
from tgforward.db.deliveries import settle as settle_deliveries
from tgforward.db.gather import Gatherer
from tgforward.db.moves import Move, advance
from tgforward.db.reservations import Ledger, ToReserve, reserve
from tgforward.db.runs import NewRun, record_runs
from tgforward.db.session import Session, SessionFactory
from tgforward.db.transaction import in_transaction
from tgforward.errors import CursorMoved, DatabaseUnreachable
from tgforward.metrics.commits import CommitMetrics
from tgforward.types import MessageId

MOST_ROWS = 500  # 20 ms on MariaDB; leases are renewed and edits saved in between


@dataclass(frozen=True, slots=True)
class ToSettle:
    """What became of one run of one branch: deliveries by their id, its cursor, and its row."""

    sent: Mapping[int, MessageId | None]
    """What each became, if that is known."""
    dead: Mapping[int, str]
    """Why each was given up."""
    move: Move
    run: NewRun | None


Entry = ToReserve | ToSettle
Written = Ledger | None
"""What is known of what was reserved; nothing of what was settled."""


@dataclass(slots=True)
class GroupCommitter:
    """Writes entries of many tasks in as few transactions as they allow."""

    factory: SessionFactory
    metrics: CommitMetrics = field(default_factory=CommitMetrics)
    _gatherer: Gatherer[Entry, Written] = field(init=False)

    def __post_init__(self) -> None:
        self._gatherer = Gatherer(self._write, most=MOST_ROWS, weigh=_count_rows)

    async def reserve(self, entry: ToReserve) -> Ledger:
        """What the ledger says of each delivery, once the intent to send it is committed.

        Raises:
            DatabaseUnreachable: it may not be.
        """
        return await self._gatherer.ask(entry) or {}

    async def settle(self, entry: ToSettle) -> None:
        """Returns once everything that became of a run is committed, together or not at all.

        Raises:
            CursorMoved: another run settled these messages, or the lane is another's; nothing was written.
            DatabaseUnreachable: it may not be committed.
        """
        await self._gatherer.ask(entry)

    async def _write(self, entries: Sequence[Entry]) -> list[Written | Exception]:
        try:
            with self.metrics.measured(sum(map(_count_rows, entries))):
                return [*await in_transaction(self.factory, lambda session: _store(session, entries))]
        except DatabaseUnreachable:
            raise  # for all of them
        except Exception as error:  # noqa: BLE001 - it is raised where it was asked for
            if len(entries) == 1:
                return [error]
        middle = len(entries) // 2
        return [*await self._write(entries[:middle]), *await self._write(entries[middle:])]


async def _store(session: Session, entries: Sequence[Entry]) -> list[Written]:
    """Table by table in the same order in every transaction, and each in the order of its keys: no deadlocks."""
    reserved = await reserve(session, [entry for entry in entries if isinstance(entry, ToReserve)])
    await _settle(session, [entry for entry in entries if isinstance(entry, ToSettle)])
    ledgers = iter(reserved)
    return [next(ledgers) if isinstance(entry, ToReserve) else None for entry in entries]


async def _settle(session: Session, entries: Sequence[ToSettle]) -> None:
    if not entries:
        return
    await settle_deliveries(session, {number: copy for entry in entries for number, copy in entry.sent.items()})
    await mark_each_dead(session, {number: reason for entry in entries for number, reason in entry.dead.items()})
    moves = [entry.move for entry in entries]
    if await advance(session, moves) < len(moves):
        raise CursorMoved(f"config {moves[0].config_id}: another run settled the messages after {moves[0].expected}")
    await record_runs(session, [entry.run for entry in entries if entry.run is not None])


def _count_rows(entry: Entry) -> int:
    match entry:
        case ToReserve():
            return len(entry.deliveries)
        case ToSettle():
            return len(entry.sent) + len(entry.dead) + 2
