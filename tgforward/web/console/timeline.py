"""What lanes have gone through, as bars on a line of time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from tgforward.db.models.lane_event import LaneEvent, LaneEventKind
from tgforward.types import AccountId


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of time in parts of the whole line: 0 is its beginning, 1 is now."""

    kind: str
    """owned, waits, parked."""
    start: float
    end: float
    label: str
    shade: int = 0
    """Alternates with each change of the owner."""


def segments(events: Iterable[LaneEvent], start: datetime, now: datetime) -> list[Segment]:
    """One lane's events, in any order, as stretches; a wait lies over the owner's stretch."""
    ordered = sorted(events, key=lambda event: (event.at, event.id))
    span_s = (now - start).total_seconds()

    def part(moment: datetime) -> float:
        return round(min(max((moment - start).total_seconds() / span_s, 0.0), 1.0), 4)

    spans = [*_stays(ordered, now), *_waits(ordered)]
    seen = [span for span in spans if span[2] > max(span[1], start)]
    return [Segment(kind, part(a), part(b), label, shade) for kind, a, b, label, shade in seen]


def by_account(events: Sequence[LaneEvent]) -> dict[AccountId, list[LaneEvent]]:
    """The events of each lane; those with the newest come first."""
    found: dict[AccountId, list[LaneEvent]] = {}
    for event in events:
        found.setdefault(event.account_id, []).append(event)
    return found


_Stay = tuple[str, datetime, datetime, str, int]


def _stays(ordered: Sequence[LaneEvent], now: datetime) -> Iterable[_Stay]:
    """From each taking or parking of the lane to the next one."""
    changes = [event for event in ordered if event.kind is not LaneEventKind.WAITS]
    for number, event in enumerate(changes):
        if event.kind is not LaneEventKind.RESUMED:
            end = changes[number + 1].at if number + 1 < len(changes) else now
            yield str(event.kind), event.at, end, event.reason or "", number % 2


def _waits(ordered: Sequence[LaneEvent]) -> Iterable[_Stay]:
    for event in ordered:
        if event.kind is LaneEventKind.WAITS and event.until is not None:
            yield "waits", event.at, event.until, event.reason or "", 0
