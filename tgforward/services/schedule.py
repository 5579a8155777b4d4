"""When each config is due next: a wheel in memory, fed from the database, emptied into Redis."""

from collections import deque
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from tgforward.db.schedule import ScheduleRow
from tgforward.forwarding.slots import slot
from tgforward.queue.slots import SlotEntry
from tgforward.services.wheel import TICK_MS, Wheel
from tgforward.types import AccountId, ConfigId

LATE_MS = 1000  # a slot that has waited for longer was missed, and comes when the arrears are worked off


class _Entry:
    """A config that runs; plain numbers, since there are 100,000 of these."""

    __slots__ = (
        "account_id",
        "changed_ms",
        "due_ms",
        "interval_ms",
        "is_waiting",
        "late_ms",
        "sweep",
        "until",
        "version",
    )

    def __init__(self, interval_ms: int) -> None:
        self.interval_ms = interval_ms
        self.account_id = AccountId(0)
        self.version = 0
        self.until: datetime | None = None
        self.changed_ms = 0
        self.due_ms = 0
        self.late_ms: int | None = None
        """The slot in arrears."""
        self.is_waiting = False
        """It stands in line, with or without a slot."""
        self.sweep = 0


class Schedule:
    """The next slot of every runnable config.

    A slot is a pure function of config and time, so that every replica holds the same schedule and a restart forgets
    nothing: a config that is new here starts with its latest slot, and Redis knows whether that was taken already.

    Slots in time come out of `pop_due`. Those that were missed, only the latest one of each config, stand in
    arrears until `pop_late` is asked for one, or until the config's next slot comes.
    """

    def __init__(self) -> None:
        self._entries: dict[ConfigId, _Entry] = {}
        self._wheel = Wheel()
        self._arrears: deque[ConfigId] = deque()
        self._gaps: set[ConfigId] = set()
        self._shared: dict[int, int] = {}
        self._sweep = 0

    def __len__(self) -> int:
        return len(self._entries)

    def update(self, rows: Iterable[ScheduleRow], now: datetime, *, is_urgent: bool = True) -> None:
        """Take in rows that changed; what may not run any more is dropped. Urgent ones come before all arrears."""
        now_ms = _ms(now)
        for row in rows:
            if row.is_active and row.account_id is not None:
                self._put(row, row.account_id, now_ms, is_urgent=is_urgent)
            else:
                self._entries.pop(row.config_id, None)

    def end_sweep(self) -> None:
        """Drop what no row has named since the last call: it was removed."""
        for config_id in [config_id for config_id, entry in self._entries.items() if entry.sweep != self._sweep]:
            del self._entries[config_id]
        self._sweep += 1

    def pop_due(self, now: datetime, *, ahead: timedelta) -> list[SlotEntry]:
        """Slots that are due until `now + ahead`; each config's later slots follow by themselves."""
        now_ms, until_ms = _ms(now), _ms(now + ahead)
        due: list[SlotEntry] = []
        for config_id in self._wheel.pop_until(until_ms):
            entry = self._entries.get(config_id)
            if entry is None or entry.due_ms > until_ms + TICK_MS:
                continue  # dropped or moved since it was put in
            slot_ms = self._go_on(config_id, entry, until_ms)
            if slot_ms < now_ms - LATE_MS:
                self._put_back(config_id, entry, slot_ms)
            elif _may_run(entry, now):
                due.append(SlotEntry(config_id, entry.version, entry.account_id, slot_ms))
        return due

    def pop_late(self, now: datetime) -> SlotEntry | None:
        """The next slot in arrears; None if there is none."""
        while self._arrears:
            config_id = self._arrears.popleft()
            entry = self._entries.get(config_id)
            if entry is None or not entry.is_waiting:
                continue
            slot_ms, entry.late_ms, entry.is_waiting = entry.late_ms, None, False
            if slot_ms is not None and _may_run(entry, now):
                return SlotEntry(config_id, entry.version, entry.account_id, slot_ms)
        return None

    def put_back(self, slots: Iterable[SlotEntry]) -> None:
        """Have slots that could not be enqueued stand in arrears."""
        for config_id, _, _, slot_ms in slots:
            if (entry := self._entries.get(config_id)) is not None:
                self._put_back(config_id, entry, slot_ms)

    def have_gaps(self, slots: Sequence[SlotEntry]) -> bool:
        """Whether a slot before one of these may have been missed."""
        return bool(self._gaps) and not self._gaps.isdisjoint(slot.config_id for slot in slots)

    def count_missed(self, slots: Iterable[SlotEntry], former: dict[ConfigId, int]) -> dict[ConfigId, int]:
        """How many slots each config has missed between the former one that was taken and the one taken now.

        Nothing was missed before the config's last edit: until then it may have had another interval, or stood still.
        """
        missed = {}
        for config_id, _, _, slot_ms in slots:
            self._gaps.discard(config_id)
            entry = self._entries.get(config_id)
            if config_id in former and entry is not None:
                count = (slot_ms - 1 - max(former[config_id], entry.changed_ms)) // entry.interval_ms
                if count > 0:
                    missed[config_id] = count
        return missed

    def _put(self, row: ScheduleRow, account_id: AccountId, now_ms: int, *, is_urgent: bool) -> None:
        config_id, interval_ms = row.config_id, self._share(row.interval_second * 1000)
        entry = self._entries.get(config_id)
        is_new = entry is None or entry.interval_ms != interval_ms
        if entry is None or is_new:
            entry = self._entries[config_id] = _Entry(interval_ms)
        entry.account_id = AccountId(self._share(account_id))
        entry.version, entry.until, entry.changed_ms = row.version, row.auth_time, _ms(row.updated_at)
        entry.sweep = self._sweep
        if is_new:
            self._begin(config_id, entry, slot(config_id, interval_ms, now_ms), is_urgent=is_urgent)

    def _begin(self, config_id: ConfigId, entry: _Entry, slot_ms: int, *, is_urgent: bool) -> None:
        self._put_back(config_id, entry, slot_ms, is_urgent=is_urgent)
        entry.due_ms = slot_ms + entry.interval_ms
        self._wheel.put(config_id, entry.due_ms)

    def _go_on(self, config_id: ConfigId, entry: _Entry, until_ms: int) -> int:
        """The entry's latest slot until a moment; the one after that becomes due next."""
        interval_ms, due_ms = entry.interval_ms, entry.due_ms
        slot_ms = due_ms + max(0, (until_ms - due_ms) // interval_ms) * interval_ms
        if slot_ms > due_ms or entry.late_ms is not None:
            entry.late_ms = None
            self._gaps.add(config_id)
        entry.due_ms = slot_ms + interval_ms
        self._wheel.put(config_id, entry.due_ms)
        return slot_ms

    def _put_back(self, config_id: ConfigId, entry: _Entry, slot_ms: int, *, is_urgent: bool = False) -> None:
        entry.late_ms = max(slot_ms, entry.late_ms or 0)
        if entry.is_waiting:
            return
        entry.is_waiting = True
        if is_urgent:
            self._arrears.appendleft(config_id)
        else:
            self._arrears.append(config_id)

    def _share(self, number: int) -> int:
        """The same object for each equal number: many configs have the same few."""
        return self._shared.setdefault(number, number)


def _may_run(entry: _Entry, now: datetime) -> bool:
    return entry.until is None or now < entry.until


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
