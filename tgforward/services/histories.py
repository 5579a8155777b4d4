"""How much of the history of configs is still to come, and how long that will take."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from tgforward.db.models import ConfigState, ForwardDest, ForwardRun, TGForwardConfig
from tgforward.db.models.dest import DestState
from tgforward.db.runs import list_latest_runs
from tgforward.db.session import Session, reading
from tgforward.forwarding.history import HistoryWindow
from tgforward.forwarding.progress import PastRun, share_left, time_left
from tgforward.services.database import Stored
from tgforward.types import ConfigId, MessageId

RUNS = 20
Dests = Mapping[ConfigId, Sequence[ForwardDest]]


async def load_times_left(
    session: Session, rows: Collection[TGForwardConfig], dests: Dests, now: datetime
) -> dict[ConfigId, timedelta]:
    """For each active config that brings history along: how long that will go on; left out where nobody can tell."""
    messages = {row.id: _messages_left(row, dests.get(row.id, ())) for row in rows if row.state is ConfigState.ACTIVE}
    due = {config_id: count for config_id, count in messages.items() if count > 0}
    runs = await list_latest_runs(session, due, each=RUNS) if due else {}
    found = {key: time_left(count, list(map(_past, runs.get(key, ()))), now) for key, count in due.items()}
    return {key: left for key, left in found.items() if left is not None}


async def history_left(deps: Stored, row: TGForwardConfig, dests: Sequence[ForwardDest]) -> timedelta | None:
    """The same for one config."""
    async with reading(deps.session_factory) as session:
        return (await load_times_left(session, [row], {row.id: dests}, deps.clock.now())).get(row.id)


def messages_done(row: TGForwardConfig) -> int | None:
    """How many messages of its history a config is through with, sent or skipped; None: not begun, or not known."""
    window = _window(row)
    if row.history_total is None or window is None:
        return None
    return round(row.history_total * (1 - share_left(window, row.history_cursor or window.floor)))


def _messages_left(row: TGForwardConfig, dests: Sequence[ForwardDest]) -> float:
    """Over all dests; 0 where it is not known."""
    window = _window(row)
    if window is None:
        return 0
    further = [dest.history_cursor for dest in dests if dest.state is DestState.ACTIVE]
    cursors = [cursor for cursor in (row.history_cursor, *further) if cursor is not None]
    return (row.history_total or 0) * sum(share_left(window, cursor) for cursor in cursors)


def _window(row: TGForwardConfig) -> HistoryWindow | None:
    if row.history_floor is None or row.history_top is None:
        return None
    return HistoryWindow(MessageId(row.history_floor), MessageId(row.history_top))


def _past(run: ForwardRun) -> PastRun:
    """Live messages came in between, and count for nothing."""
    ended = run.started_at + timedelta(milliseconds=run.duration_ms)
    return PastRun(run.started_at, ended, 0 if run.live else run.history + run.skipped)
