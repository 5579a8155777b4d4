"""What is going on, and what went on in the last hour."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from tgforward.db.models.lane_event import LaneEventKind
from tgforward.db.models.sample import SPAN_S
from tgforward.services.overview import load_overview
from tgforward.services.web_access import Caller, Scope
from tgforward.web.context import deps_of
from tgforward.web.security.callers import in_api

router = APIRouter(prefix="/overview", tags=["overview"])

Watcher = Annotated[Caller, in_api(Scope.STATUS_READ)]


class Figures(BaseModel):
    """How much there is, and what was done in the last hour."""

    configs: dict[str, int]
    accounts: dict[str, int]
    resting: int
    dead: int
    workers: int
    sent: int
    late_p99_ms: int | None


class Span(BaseModel):
    """What all workers did in a few seconds."""

    model_config = ConfigDict(from_attributes=True)

    at: datetime = Field(description="When it began.")
    runs: int
    sent: int
    skipped: int
    failed: int
    late_p50_ms: float | None
    late_p99_ms: int | None


class Event(BaseModel):
    """Something that the lane of an account met."""

    model_config = ConfigDict(from_attributes=True)

    account_id: int
    at: datetime
    kind: LaneEventKind
    until: datetime | None = Field(description="The end of a wait.")
    reason: str | None = Field(description="Which worker took it, or why it waits or is parked.")


class Hour(BaseModel):
    """The last hour; spans without a run are left out."""

    now: datetime
    seconds_per_span: int
    spans: list[Span]
    events: list[Event] = Field(description="With those before it that tell how each lane stood when it began.")


@router.get("", operation_id="overview")
async def overview(request: Request, _caller: Watcher) -> Figures:
    """The figures of this moment."""
    found = await load_overview(deps_of(request))
    return Figures(**asdict(found.stock), sent=found.sent, late_p99_ms=found.late_p99_ms)


@router.get("/hour", operation_id="lastHour")
async def last_hour(request: Request, _caller: Watcher) -> Hour:
    """What the charts of the console show: throughput, lateness, and what at most 20 accounts went through."""
    found = await load_overview(deps_of(request))
    spans = [
        Span(at=datetime.fromtimestamp(number * SPAN_S, UTC), **span._asdict())
        for number, span in sorted(found.spans.items())
    ]
    events = [Event.model_validate(event) for event in sorted(found.events, key=lambda event: (event.at, event.id))]
    return Hour(now=found.now, seconds_per_span=SPAN_S, spans=spans, events=events)
