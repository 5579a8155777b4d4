"""The heap of next slots."""

import itertools
from datetime import UTC, datetime, timedelta

from tgforward.db.schedule import ScheduleRow
from tgforward.forwarding.slots import slot
from tgforward.queue.slots import SlotEntry
from tgforward.services.schedule import Schedule
from tgforward.types import AccountId, ConfigId

START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
NO_TIME = timedelta(0)


def row(number: int, *, interval: int = 20, is_active: bool = True, until: datetime | None = None) -> ScheduleRow:
    return ScheduleRow(ConfigId(number), AccountId(1), interval, 1, is_active, until, START)


def pop(schedule: Schedule, now: datetime) -> list[tuple[int, int]]:
    due = schedule.pop_due(now, ahead=NO_TIME)
    late = iter(lambda: schedule.pop_late(now), None)
    return [(entry.config_id, entry.slot_ms) for entry in (*due, *late)]


def ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def test_a_new_config_is_due_at_once_with_its_latest_slot() -> None:
    """A config that was just loaded comes with the slot that lies behind it, and once only."""
    schedule = Schedule()
    schedule.update([row(1)], START)
    assert pop(schedule, START) == [(1, slot(ConfigId(1), 20_000, ms(START)))]
    assert pop(schedule, START) == []


def test_slots_follow_each_other_by_the_interval() -> None:
    """Over ten intervals a config is due ten times more, each slot exactly one interval after the other."""
    schedule = Schedule()
    schedule.update([row(1)], START)
    slots = [slot_ms for second in range(201) for _, slot_ms in pop(schedule, START + timedelta(seconds=second))]
    assert len(slots) == 11
    assert {later - earlier for earlier, later in itertools.pairwise(slots)} == {20_000}


def test_after_a_pause_only_the_latest_missed_slot_is_due() -> None:
    """A scheduler that slept for an hour does not make up for every slot."""
    schedule = Schedule()
    schedule.update([row(1)], START)
    pop(schedule, START)
    later = START + timedelta(hours=1)
    assert pop(schedule, later) == [(1, slot(ConfigId(1), 20_000, ms(later)))]


def test_configs_are_spread_over_the_interval() -> None:
    """A thousand configs of one interval are not due in the same second."""
    schedule = Schedule()
    schedule.update([row(number) for number in range(1, 1001)], START)
    pop(schedule, START)
    per_second = [len(pop(schedule, START + timedelta(seconds=second))) for second in range(1, 21)]
    assert sum(per_second) == 1000
    assert max(per_second) < 100


def test_a_paused_or_removed_config_is_never_due() -> None:
    """What an update says may not run, and what a whole sweep does not name, is dropped."""
    schedule = Schedule()
    schedule.update([row(1), row(2), row(3)], START)
    schedule.end_sweep()
    schedule.update([row(1, is_active=False)], START)
    schedule.update([row(3)], START)
    schedule.end_sweep()
    assert [config for config, _ in pop(schedule, START)] == [3]
    assert len(schedule) == 1


def test_an_expired_user_is_not_enqueued_until_the_time_is_extended() -> None:
    """Authorisation ends in the middle of a schedule, and work goes on when it is extended."""
    schedule = Schedule()
    end = START + timedelta(seconds=30)
    schedule.update([row(1, until=end)], START)
    assert pop(schedule, START)
    assert not pop(schedule, START + timedelta(seconds=60))
    schedule.update([row(1, until=None)], START + timedelta(seconds=60))
    assert pop(schedule, START + timedelta(seconds=90))


def test_a_changed_interval_takes_effect_at_once() -> None:
    """A config whose interval shrinks does not wait for its former slot."""
    schedule = Schedule()
    schedule.update([row(1, interval=86_400)], START)
    pop(schedule, START)
    schedule.update([row(1, interval=1)], START)
    assert len([second for second in range(1, 6) if pop(schedule, START + timedelta(seconds=second))]) == 5


def test_a_missed_slot_is_in_arrears() -> None:
    """What was missed does not come with what is due, and there is one slot per config, the latest."""
    schedule = Schedule()
    schedule.update([row(number) for number in range(1, 101)], START)
    pop(schedule, START)
    later = START + timedelta(hours=1)
    due = schedule.pop_due(later, ahead=NO_TIME)
    assert all(entry.slot_ms >= ms(later) - 1000 for entry in due)
    late = list(iter(lambda: schedule.pop_late(later), None))
    assert all(ms(later) - 20_000 <= entry.slot_ms < ms(later) - 1000 for entry in late)
    assert sorted(entry.config_id for entry in (*due, *late)) == list(range(1, 101))


def test_the_next_slot_takes_the_place_of_one_in_arrears() -> None:
    """A config that is due again before its missed slot has come comes once, and is asked for what it missed."""
    schedule = Schedule()
    schedule.update([row(1)], START)
    due = [
        entry for second in range(21) for entry in schedule.pop_due(START + timedelta(seconds=second), ahead=NO_TIME)
    ]
    assert len(due) == 1
    assert schedule.have_gaps(due)
    assert schedule.pop_late(START + timedelta(seconds=20)) is None


def test_what_could_not_be_enqueued_is_put_back() -> None:
    """After an outage of Redis the latest slot comes again, and a removed config's does not."""
    schedule = Schedule()
    schedule.update([row(1), row(2)], START)
    pop(schedule, START)
    later = START + timedelta(seconds=60)
    due = [*schedule.pop_due(later, ahead=NO_TIME), *iter(lambda: schedule.pop_late(later), None)]
    assert len(due) == 2
    schedule.put_back(due)
    schedule.update([row(2, is_active=False)], later)
    assert [config for config, _ in pop(schedule, later)] == [1]


def test_a_new_config_comes_before_all_arrears() -> None:
    """Who has just made a config does not wait until everything that was missed has had its turn."""
    schedule = Schedule()
    schedule.update([row(number) for number in range(1, 101)], START, is_urgent=False)
    schedule.update([row(500)], START)
    first = schedule.pop_late(START)
    assert first is not None
    assert first.config_id == 500


def test_missed_slots_are_counted_from_the_slot_before() -> None:
    """Those between the former slot and the one taken now; none before the last edit, none for an unknown config."""
    schedule = Schedule()
    schedule.update([row(1)], START)
    ((_, slot_ms),) = pop(schedule, START + timedelta(hours=1))
    taken = [SlotEntry(ConfigId(1), 1, AccountId(1), slot_ms), SlotEntry(ConfigId(9), 1, AccountId(1), slot_ms)]

    def missed(former_ms: int) -> dict[ConfigId, int]:
        return schedule.count_missed(taken, {ConfigId(1): former_ms, ConfigId(9): former_ms})

    assert missed(slot_ms - 20_000) == {}
    assert missed(slot_ms - 60_000) == {ConfigId(1): 2}
    schedule.update([row(1)._replace(updated_at=datetime.fromtimestamp((slot_ms - 30_000) / 1000, UTC))], START)
    assert missed(slot_ms - 60_000) == {ConfigId(1): 1}
    assert not schedule.have_gaps(taken)
