"""One run of `forward_config`: load, probe, fetch, plan, reserve, send, settle."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

from tgforward.errors import (
    AccountRevoked,
    ApiIdInvalid,
    BotCannotRead,
    CursorMoved,
    FloodWait,
    InvalidInput,
    InvalidSettings,
    LeaseLost,
    PeerFlood,
    PeerGone,
    SlowMode,
    WriteForbidden,
)
from tgforward.forwarding.albums import split_complete
from tgforward.forwarding.message import SourceMessage
from tgforward.forwarding.outcomes import Continue, Done, Outcome, Parked, Snooze
from tgforward.forwarding.plan import Plan, make_plan
from tgforward.services.delivering import Report, Route, deliver
from tgforward.services.lane import Lane
from tgforward.services.loading import fix_window, load_snapshot
from tgforward.services.parking import park_account, park_config, pause_account
from tgforward.services.settling import Settlement, reserve, settle
from tgforward.services.snapshot import ConfigSnapshot, Piece, PieceKind
from tgforward.services.template_context import template_context
from tgforward.telegram.reading import Page, fetch_after
from tgforward.types import ConfigId, MessageId

ALBUM_SETTLES = timedelta(seconds=3)  # an album's members are stored one by one; younger ones may still be joined


async def run_forward_config(lane: Lane, config_id: ConfigId, version: int | None) -> Outcome:
    """Forward what is new for one config; at most one page of messages.

    Raises:
        TransientError: the connection or Telegram failed; nothing is lost, repeat the job.
    """
    if (left := lane.pause_left()) is not None:
        assert lane.pause is not None
        return Snooze(left, lane.pause.reason)
    async with lane.alone(config_id) as is_alone:
        if not is_alone:
            return Done()
        return await _run_alone(lane, config_id, version)


async def _run_alone(lane: Lane, config_id: ConfigId, version: int | None) -> Outcome:
    try:
        config = await load_snapshot(lane, config_id, version)
        return Done() if config is None else await _run_piece(lane, config)
    except InvalidSettings:
        raise  # nothing is wrong with the config
    except (FloodWait, PeerFlood) as error:
        await pause_account(lane, error)
        return Snooze(error.retry_after, str(error))
    except SlowMode as error:
        return Snooze(error.retry_after, str(error))
    except (PeerGone, WriteForbidden, BotCannotRead, InvalidInput) as error:
        await park_config(lane, config_id, error)
        return Parked(str(error))
    except (AccountRevoked, ApiIdInvalid) as error:
        await park_account(lane, error)
        return Parked(str(error))
    except (CursorMoved, LeaseLost):
        lane.snapshots.pop(config_id, None)
        raise


async def _run_piece(lane: Lane, config: ConfigSnapshot) -> Outcome:
    if config.window is None:
        config = await fix_window(lane, config)
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
    reservation = await reserve(lane, config, _plan(config, messages))
    plan = _plan(config, messages, reservation.settled)
    report = Report(cursor=plan.cursor_before(0) or piece.cursor)
    route = Route(await lane.connection(), config.source, config.dest, reservation.attempts)
    started = lane.deps.clock.now(), lane.deps.clock.monotonic()
    settlement = Settlement(config, piece, plan, reservation, report, *started)
    try:
        await deliver(route, plan, report)
        if report.error is None and piece.until is not None and not page.is_full and not waiting:
            report.cursor = piece.until  # whatever else the window had was deleted
    finally:
        await asyncio.shield(settle(lane, settlement))
    if report.error is not None:
        raise report.error
    return _what_next(piece, page, is_held_back=bool(waiting))


def _plan(
    config: ConfigSnapshot, messages: Sequence[SourceMessage], settled: frozenset[MessageId] = frozenset()
) -> Plan:
    return make_plan(
        messages,
        config.rules,
        config_id=config.id,
        epoch=config.epoch,
        context=template_context(config),
        chat_is_protected=config.source.protected,
        already_sent=settled,
    )


def _may_grow(page: Page, now: datetime) -> bool:
    last = page.messages[-1] if page.messages else None
    return last is not None and last.grouped_id is not None and abs(now - last.date) < ALBUM_SETTLES


def _what_next(piece: Piece, page: Page, *, is_held_back: bool) -> Outcome:
    if page.is_full or (piece.kind is PieceKind.HISTORY and not is_held_back):
        return Continue()
    if is_held_back:
        return Snooze(ALBUM_SETTLES, "an album may not be complete yet")
    return Done()
