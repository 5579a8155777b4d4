"""What is going on, at a glance."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from tgforward.db.models.account import TelegramAccount
from tgforward.db.models.sample import SPAN_S
from tgforward.services.overview import SHOWN_FOR, Overview, load_overview
from tgforward.services.web_access import Caller, Scope
from tgforward.web.console.charts import Chart, curves, stacked_bars
from tgforward.web.console.rendering import page
from tgforward.web.console.timeline import Segment, by_account, segments
from tgforward.web.context import deps_of
from tgforward.web.security.callers import in_console

MINUTES = int(SHOWN_FOR.total_seconds() // 60)
PER_MINUTE = 60 // SPAN_S

router = APIRouter()


@dataclass(frozen=True, slots=True)
class LaneLine:
    """One account in the last hour."""

    account: TelegramAccount
    segments: Sequence[Segment]

    @property
    def told(self) -> str:
        """The same in words."""
        return "; ".join(f"{segment.kind}: {segment.label}" for segment in self.segments) or "-"


@router.get("/")
async def show_overview(request: Request, caller: Annotated[Caller, in_console()]) -> Response:
    """The first page after the log-in; a tenant, who sees nobody else's, goes on to the configs."""
    if not caller.may(Scope.STATUS_READ):
        return RedirectResponse("/configs", 303)
    overview = await load_overview(deps_of(request))
    return page(request, "overview.html", caller, **_drawn(overview))


def _drawn(overview: Overview) -> dict[str, Any]:
    return {
        "overview": overview,
        "throughput": _throughput(overview),
        "lateness": _lateness(overview),
        "lanes": _lanes(overview),
    }


def _throughput(overview: Overview) -> Chart:
    columns = []
    for first in range(overview.first_span, overview.last_span + 1, PER_MINUTE):
        spans = [overview.spans[span] for span in range(first, first + PER_MINUTE) if span in overview.spans]
        columns.append({kind: sum(getattr(span, kind) for span in spans) for kind in ("sent", "skipped", "failed")})
    return stacked_bars(columns, minutes=MINUTES)


def _lateness(overview: Overview) -> Chart:
    spans = [overview.spans.get(span) for span in range(overview.first_span, overview.last_span + 1)]
    p50 = [None if span is None else span.late_p50_ms for span in spans]
    p99 = [None if span is None else span.late_p99_ms for span in spans]
    return curves({"p50": p50, "p99": p99}, minutes=MINUTES)


def _lanes(overview: Overview) -> list[LaneLine]:
    events = by_account(overview.events)
    start, now = overview.now - SHOWN_FOR, overview.now
    return [LaneLine(account, segments(events.get(account.id, ()), start, now)) for account in overview.accounts]
