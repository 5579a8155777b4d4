"""One run of `forward_config`: load, probe, fetch, plan, reserve, send, settle."""

from collections.abc import Coroutine
from datetime import datetime, timedelta
from typing import Any

from tgforward.errors import (
    AccountRests,
    AccountRevoked,
    ApiIdInvalid,
    CursorMoved,
    DuplicateInFlight,
    FloodWait,
    InvalidInput,
    InvalidSettings,
    LeaseLost,
    PeerFlood,
    PeerGone,
    PermanentError,
    SlowMode,
    WriteForbidden,
)
from tgforward.forwarding.albums import split_complete
from tgforward.forwarding.outcomes import Continue, Done, Outcome, Parked, Snooze
from tgforward.services.delivering import Report, deliver
from tgforward.services.finishing import to_the_end
from tgforward.services.lane import Lane
from tgforward.services.loading import fix_window, load_snapshot
from tgforward.services.migration import follow_dest_if_migrated, follow_source_if_migrated
from tgforward.services.parking import park_account, park_config, pause_account, pause_chat
from tgforward.services.planning import plan_messages
from tgforward.services.route import Route
from tgforward.services.settling import Reservation, Settlement, reserve, settle
from tgforward.services.snapshot import ConfigSnapshot, Piece, PieceKind
from tgforward.services.strays import finish_own_strays, finish_strays
from tgforward.telegram.reading import Page, fetch_after
from tgforward.types import ConfigId

ALBUM_SETTLES = timedelta(seconds=3)  # an album's members are stored one by one; younger ones may still be joined


async def run_forward_config(lane: Lane, config_id: ConfigId, version: int | None) -> Outcome:
    """Forward what is new for one config; at most one page of messages.

    Raises:
        TransientError: the connection or Telegram failed; nothing is lost, repeat the job.
    """
    async with lane.alone(config_id) as is_alone:
        if not is_alone:
            return Done()
        work = _load_and_run(lane, config_id, version)
        return await _judged(lane, config_id, work)


async def run_finish_strays(lane: Lane, config_id: ConfigId) -> Outcome:
    """Settle what the lane's account began for a config that has left it."""
    async with lane.alone(config_id) as is_alone:
        return await _judged(lane, config_id, finish_own_strays(lane, config_id)) if is_alone else Done()


async def _load_and_run(lane: Lane, config_id: ConfigId, version: int | None) -> Outcome:
    config = await load_snapshot(lane, config_id, version)
    outcome = Done() if config is None else await _run(lane, config)
    if isinstance(outcome, Continue):
        lane.snapshots.pop(config_id, None)  # the successor sees what was edited, paused or replayed meanwhile
    return outcome


async def _judged(lane: Lane, config_id: ConfigId, work: Coroutine[Any, Any, Outcome]) -> Outcome:
    """The outcome of `work`; what goes wrong is decided here: snooze, pause, park, or (raised) another attempt."""
    try:
        return await work
    except InvalidSettings:
        raise  # nothing is wrong with the config
    except (AccountRests, DuplicateInFlight) as error:
        return Snooze(error.retry_after, str(error))
    except (FloodWait, PeerFlood) as error:
        await pause_account(lane, error)
        return Snooze(error.retry_after, str(error))
    except (AccountRevoked, ApiIdInvalid) as error:
        await park_account(lane, error)
        return Parked(str(error))
    except (PermanentError, InvalidInput) as error:
        await park_config(lane, config_id, error)
        return Parked(str(error))
    except (CursorMoved, LeaseLost):
        lane.snapshots.pop(config_id, None)
        raise


async def _run(lane: Lane, config: ConfigSnapshot) -> Outcome:
    """A piece of work; what only the dest refuses concerns this config alone."""
    try:
        return await _run_piece(lane, config)
    except SlowMode as error:
        return await _slow_down(lane, config, error)
    except (WriteForbidden, PeerGone):
        if await follow_dest_if_migrated(lane, config):
            return Continue()
        raise


async def _slow_down(lane: Lane, config: ConfigSnapshot, error: SlowMode) -> Outcome:
    if error.code == "SLOWMODE_MULTI_MSGS_DISABLED":
        lane.single_dests.add(config.dest.chat_id)
        return Continue()
    await pause_chat(lane, config.dest.chat_id, error)
    return Snooze(error.retry_after, str(error))


async def _run_piece(lane: Lane, config: ConfigSnapshot) -> Outcome:
    await lane.connection()  # brings along the waits that an earlier owner met
    if (left := lane.chat_pause_left(config.dest.chat_id)) is not None:
        return Snooze(left, "the dest is in slow mode")
    if config.may_have_strays and (outcome := await finish_strays(lane, config)) is not None:
        return outcome
    config = await fix_window(lane, config) if config.window is None else lane.snapshots.get(config.id, config)
    piece = config.next_piece()
    if piece.kind is PieceKind.LIVE and not await _is_anything_new(lane, config):
        return Done()
    page = await fetch_after(await lane.connection(), config.source, piece.cursor, until=piece.until)
    return await _forward_page(lane, config, piece, page)


async def _is_anything_new(lane: Lane, config: ConfigSnapshot) -> bool:
    tops = await lane.tops()
    return await tops.top(config.source) > config.live_cursor


async def _forward_page(lane: Lane, config: ConfigSnapshot, piece: Piece, page: Page) -> Outcome:
    may_grow = _may_grow(page, lane.deps.clock.now())
    messages, waiting = split_complete(page.messages, page_full=page.is_full or may_grow)
    reservation = await reserve(lane, config, plan_messages(config, messages))
    plan = plan_messages(config, messages, reservation.settled)
    report = Report(cursor=plan.cursor_before(0) or piece.cursor)
    started = lane.deps.clock.now(), lane.deps.clock.monotonic()
    settlement = Settlement(config, piece, plan, reservation, report, *started)
    try:
        await deliver(await _route(lane, config, reservation), plan, report)
        if report.error is None and piece.until is not None and not page.is_full and not waiting:
            report.cursor = piece.until  # whatever else the window had was deleted
    finally:
        await to_the_end(settle(lane, settlement))
    if report.error is not None:
        raise report.error
    if await follow_source_if_migrated(lane, config, messages, report.cursor):
        return Continue()
    return _what_next(piece, page, is_held_back=bool(waiting))


async def _route(lane: Lane, config: ConfigSnapshot, reservation: Reservation) -> Route:
    is_single = config.dest.chat_id in lane.single_dests
    connection, now = await lane.connection(), lane.deps.clock.now()
    return Route(connection, config.source, config.dest, reservation.attempts, lane.pace, now, is_single)


def _may_grow(page: Page, now: datetime) -> bool:
    last = page.messages[-1] if page.messages else None
    return last is not None and last.grouped_id is not None and abs(now - last.date) < ALBUM_SETTLES


def _what_next(piece: Piece, page: Page, *, is_held_back: bool) -> Outcome:
    if page.is_full or (piece.kind is PieceKind.HISTORY and not is_held_back):
        return Continue()
    if is_held_back:
        return Snooze(ALBUM_SETTLES, "an album may not be complete yet")
    return Done()
