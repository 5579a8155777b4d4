"""What the console shows first: how much there is, what was done in the last hour, and what lanes went through."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tgforward.db.accounts import list_some_accounts
from tgforward.db.lane_events import list_lane_events, load_lane_states
from tgforward.db.models.account import TelegramAccount
from tgforward.db.models.lane_event import LaneEvent
from tgforward.db.models.sample import SPAN_S
from tgforward.db.samples import SpanTotals, load_spans
from tgforward.db.session import reading
from tgforward.db.stock import Stock, count_stock
from tgforward.services.database import Stored

SHOWN_FOR = timedelta(hours=1)
LANES_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Overview:
    """This installation at one moment, and the hour before it; nine statements, however many configs there are."""

    now: datetime
    stock: Stock
    spans: Mapping[int, SpanTotals]
    first_span: int
    last_span: int
    accounts: Sequence[TelegramAccount]
    """Those whose lanes are shown: at most 20, those with events in the last hour first."""
    events: Sequence[LaneEvent]

    @property
    def sent(self) -> int:
        """Messages of the last hour."""
        return sum(span.sent for span in self.spans.values())

    @property
    def late_p99_ms(self) -> int | None:
        """The worst span's 99th percentile of the last five minutes; None: nothing ran."""
        recent = self.last_span - 300 // SPAN_S
        known = [span.late_p99_ms for span in self.spans.values() if span.span >= recent]
        return max((late for late in known if late is not None), default=None)


async def load_overview(deps: Stored) -> Overview:
    """The overview now."""
    now = deps.clock.now()
    since, last = now - SHOWN_FOR, int(now.timestamp()) // SPAN_S
    first = last - int(SHOWN_FOR.total_seconds()) // SPAN_S + 1
    async with reading(deps.session_factory) as session:
        stock = await count_stock(session, now)
        spans = await load_spans(session, first, last)
        events = list(await list_lane_events(session, since))
        accounts = await list_some_accounts(session, {event.account_id for event in events}, limit=LANES_SHOWN)
        events += await load_lane_states(session, since, [account.id for account in accounts])
    return Overview(now, stock, {span.span: span for span in spans}, first, last, accounts, events)
