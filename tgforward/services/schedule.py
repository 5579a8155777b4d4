"""When each config is due next: a heap in memory, fed from the database, emptied into Redis."""

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from tgforward.db.schedule import ScheduleRow
from tgforward.forwarding.slots import next_slot, slot
from tgforward.queue.enqueue import SlotEntry
from tgforward.types import ConfigId


@dataclass(slots=True)
class _Entry:
    row: ScheduleRow
    interval_ms: int
    next_ms: int


class Schedule:
    """The next slot of every runnable config; due ones come out in order of time.

    A slot is a pure function of config and time, so that every replica holds the same schedule and a restart forgets
    nothing: a config that is new here starts with its latest slot, and Redis knows whether that was taken already.
    """

    def __init__(self) -> None:
        self._entries: dict[ConfigId, _Entry] = {}
        self._heap: list[tuple[int, ConfigId]] = []

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def next_ms(self) -> int | None:
        """When the next slot is due, in Unix milliseconds; None while there is none."""
        return self._heap[0][0] if self._heap else None

    def replace_all(self, rows: Iterable[ScheduleRow], now: datetime) -> None:
        """Take `rows` for the whole truth: whatever is not among them is dropped."""
        rows = list(rows)
        for config_id in self._entries.keys() - {row.config_id for row in rows}:
            del self._entries[config_id]
        self.update(rows, now)

    def update(self, rows: Iterable[ScheduleRow], now: datetime) -> None:
        """Take in rows that changed; what may not run any more is dropped."""
        for row in rows:
            if row.is_active and row.account_id is not None:
                self._put(row, _ms(now))
            else:
                self._entries.pop(row.config_id, None)

    def pop_due(self, now: datetime, *, ahead: timedelta, limit: int) -> list[SlotEntry]:
        """At most `limit` slots that are due until `now + ahead`; each config's later slots follow by themselves."""
        until_ms = _ms(now + ahead)
        due: list[SlotEntry] = []
        for entry, slot_ms in self._pop_until(until_ms):
            if entry.row.is_runnable(now):
                due.append(_slot_entry(entry.row, slot_ms))
            if len(due) >= limit:
                break
        return due

    def _pop_until(self, until_ms: int) -> Iterator[tuple[_Entry, int]]:
        while self._heap and self._heap[0][0] <= until_ms:
            slot_ms, config_id = heapq.heappop(self._heap)
            entry = self._entries.get(config_id)
            if entry is None or entry.next_ms != slot_ms:
                continue  # dropped or moved since it was pushed
            latest = max(slot_ms, slot(config_id, entry.interval_ms, until_ms))
            self._push(entry, next_slot(config_id, entry.interval_ms, latest))
            yield entry, latest

    def _put(self, row: ScheduleRow, now_ms: int) -> None:
        interval_ms = row.interval_second * 1000
        known = self._entries.get(row.config_id)
        if known is not None and known.interval_ms == interval_ms:
            known.row = row
            return
        entry = self._entries[row.config_id] = _Entry(row, interval_ms, 0)
        self._push(entry, slot(row.config_id, interval_ms, now_ms))

    def _push(self, entry: _Entry, slot_ms: int) -> None:
        entry.next_ms = slot_ms
        heapq.heappush(self._heap, (slot_ms, entry.row.config_id))


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _slot_entry(row: ScheduleRow, slot_ms: int) -> SlotEntry:
    assert row.account_id is not None, "a row without an account is not runnable"
    return SlotEntry(config_id=row.config_id, version=row.version, account_id=row.account_id, slot_ms=slot_ms)
