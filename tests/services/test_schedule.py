"""The heap of next slots."""

import itertools
from datetime import UTC, datetime, timedelta

from tgforward.db.schedule import ScheduleRow
from tgforward.forwarding.slots import slot
from tgforward.services.schedule import Schedule
from tgforward.types import AccountId, ConfigId

START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
NO_TIME = timedelta(0)


def row(number: int, *, interval: int = 20, is_active: bool = True, until: datetime | None = None) -> ScheduleRow:
    return ScheduleRow(ConfigId(number), AccountId(1), interval, 1, is_active, until, START)


def pop(schedule: Schedule, now: datetime, limit: int = 1000) -> list[tuple[int, int]]:
    due = schedule.pop_due(now, ahead=NO_TIME, limit=limit)
    return [(entry.config_id, entry.slot_ms) for entry in due]


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
    """What an update says may not run, and what a full reload does not name, is dropped."""
    schedule = Schedule()
    schedule.update([row(1), row(2), row(3)], START)
    schedule.update([row(1, is_active=False)], START)
    schedule.replace_all([row(3)], START)
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


def test_a_batch_has_at_most_the_limit_and_the_rest_follows() -> None:
    """A thousand due slots come out in batches, none twice, none forgotten."""
    schedule = Schedule()
    schedule.update([row(number) for number in range(1, 1001)], START)
    seen: list[int] = []
    while batch := pop(schedule, START, limit=300):
        assert len(batch) <= 300
        seen += [config for config, _ in batch]
    assert sorted(seen) == list(range(1, 1001))
