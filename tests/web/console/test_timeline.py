"""What lanes have gone through."""

from datetime import UTC, datetime, timedelta

from tgforward.db.models.lane_event import LaneEvent, LaneEventKind
from tgforward.types import AccountId
from tgforward.web.console.timeline import Segment, by_account, segments

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
START = NOW - timedelta(minutes=100)


def _event(minutes_ago: int, kind: LaneEventKind, reason: str = "", *, number: int = 1, wait: int = 0) -> LaneEvent:
    at = NOW - timedelta(minutes=minutes_ago)
    until = at + timedelta(minutes=wait) if wait else None
    return LaneEvent(id=number, account_id=AccountId(number), at=at, kind=kind, reason=reason, until=until)


def test_a_lane_belongs_to_an_owner_until_the_next_one_takes_it() -> None:
    """What began before the line of time is cut; neighbours differ in their shade."""
    events = [_event(50, LaneEventKind.OWNED, "b"), _event(200, LaneEventKind.OWNED, "a")]
    assert segments(events, START, NOW) == [
        Segment("owned", 0, 0.5, "a", 0),
        Segment("owned", 0.5, 1, "b", 1),
    ]


def test_a_wait_lies_over_its_owner_and_ends_at_the_edge() -> None:
    """One that lasts longer than now is cut; one that was over before is left out."""
    events = [
        _event(100, LaneEventKind.OWNED, "a"),
        _event(40, LaneEventKind.WAITS, "FLOOD_WAIT_9", wait=20),
        _event(10, LaneEventKind.WAITS, "FLOOD_WAIT_X", wait=600),
        _event(150, LaneEventKind.WAITS, "FLOOD_WAIT_1", wait=1),
    ]
    waits = [item for item in segments(events, START, NOW) if item.kind == "waits"]
    assert [(item.start, item.end) for item in waits] == [(0.6, 0.8), (0.9, 1)]


def test_a_parked_lane_is_parked_until_it_is_resumed() -> None:
    """From then on it is nobody's until somebody takes it."""
    events = [
        _event(100, LaneEventKind.OWNED, "a"),
        _event(80, LaneEventKind.PARKED, "SESSION_REVOKED"),
        _event(30, LaneEventKind.RESUMED),
        _event(20, LaneEventKind.OWNED, "b"),
    ]
    found = [(item.kind, item.start, item.end) for item in segments(events, START, NOW)]
    assert found == [("owned", 0, 0.2), ("parked", 0.2, 0.7), ("owned", 0.8, 1)]


def test_lanes_with_news_come_first() -> None:
    """In the order of their newest event."""
    events = [
        _event(1, LaneEventKind.OWNED, number=2),
        _event(2, LaneEventKind.OWNED, number=1),
        _event(3, LaneEventKind.WAITS, number=2, wait=1),
    ]
    assert [(key, len(some)) for key, some in by_account(events).items()] == [(2, 2), (1, 1)]


def test_what_began_a_moment_ago_is_drawn() -> None:
    """However short it is on the line; the drawing gives it a least width."""
    began = LaneEvent(
        id=1,
        account_id=AccountId(1),
        at=NOW - timedelta(milliseconds=1),
        kind=LaneEventKind.WAITS,
        until=NOW + timedelta(hours=1),
    )
    assert [item.kind for item in segments([began], START, NOW)] == ["waits"]
