"""One run of one branch: probe, fetch, plan, reserve, send, settle; and what has changed since."""

from dataclasses import replace
from datetime import timedelta

from tgforward.errors import AccountRests, PeerGone, SlowMode, WriteForbidden
from tgforward.forwarding.albums import Unit, split_complete
from tgforward.forwarding.outcomes import Continue, Done, Outcome, Snooze
from tgforward.services.delivering import Report, deliver
from tgforward.services.fetching import Ahead, arrived, fetch, fetch_ahead
from tgforward.services.finishing import to_the_end
from tgforward.services.following import count_without_changes, follow_changes, with_baseline
from tgforward.services.lane import Lane
from tgforward.services.migration import (
    follow_dest_if_migrated,
    follow_source_if_left,
    follow_source_if_migrated,
)
from tgforward.services.pages import Fetched
from tgforward.services.parking import pause_chat
from tgforward.services.planning import load_prior, plan_messages
from tgforward.services.reserving import reserve
from tgforward.services.routing import route_for
from tgforward.services.settling import Settlement, settle
from tgforward.services.snapshot import ConfigSnapshot, Count, Piece, PieceKind
from tgforward.services.strays import finish_strays
from tgforward.services.traced import traced
from tgforward.services.waiting import split_due, written_at
from tgforward.telegram.probe import ChatState
from tgforward.telegram.reading import Page

ALBUM_SETTLES = timedelta(seconds=3)  # an album's members are stored one by one; younger ones may still be joined


async def run_branch(lane: Lane, config: ConfigSnapshot) -> Outcome:
    """A piece of work: at most one page of messages; what only the dest refuses concerns this branch alone."""
    hours = config.rules.hours
    if hours is not None and hours.opens_at(lane.deps.clock.now()) is not None:
        return Done()  # the slots go on, and cost nothing
    try:
        return await _run(lane, config)
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


async def _run(lane: Lane, config: ConfigSnapshot) -> Outcome:
    if (left := lane.chat_pause_left(config.dest.chat_id)) is not None:
        return Snooze(left, "the dest is in slow mode")
    if config.may_have_strays and (unfinished := await finish_strays(lane, config)) is not None:
        return unfinished
    config = lane.latest(config)
    piece = config.next_piece()
    if piece.kind is PieceKind.HISTORY:
        return await _forward_page(lane, config, piece, None)
    state = await _probe(lane, config)
    config = await with_baseline(lane, config, state)
    _note_lag(lane, config, state)
    outcome: Outcome = Done()
    if state.top > config.live_cursor:
        outcome = await _forward_page(lane, config, piece, state)
        _note_lag(lane, lane.latest(config), state)
    elif await follow_source_if_left(lane, config):
        return Continue()
    elif config.may_have_strays and (unfinished := await finish_strays(lane, config, is_idle=True)) is not None:
        return unfinished
    return await _and_changes(lane, config, state, outcome)


def _note_lag(lane: Lane, config: ConfigSnapshot, state: ChatState) -> None:
    branch = (lane.account_id, config.id, config.dest_number)
    interval = timedelta(seconds=config.interval_second)
    lane.deps.metrics.lag.note(branch, state.top - config.live_cursor, interval)


async def _and_changes(lane: Lane, config: ConfigSnapshot, state: ChatState, outcome: Outcome) -> Outcome:
    """Follow what changed, unless there is more to send first; messages that wait for their delay are no reason."""
    if outcome != Done() and not (isinstance(outcome, Snooze) and config.options.delay_s):
        return outcome
    followed = await follow_changes(lane, lane.latest(config), state)
    return outcome if followed == Done() else followed


@traced("probe")
async def _probe(lane: Lane, config: ConfigSnapshot) -> ChatState:
    return await lane.state_of(config)


async def _forward_page(lane: Lane, config: ConfigSnapshot, piece: Piece, state: ChatState | None) -> Outcome:
    fetched = await fetch(lane, config, piece, state)
    page, now, delay = fetched.page, lane.deps.clock.now(), timedelta(seconds=config.options.delay_s)
    messages, waiting = split_complete(page.messages, page_full=page.is_full or _may_grow(fetched))
    messages, young = split_due(messages, now, delay)
    is_held_back = bool(waiting or young)
    if is_held_back and not page.is_full:
        lane.pages.forget(config.source.chat_id)  # the next look is to show more
    ahead = await fetch_ahead(lane, config, piece, messages, state) if page.is_full and messages else None
    settlement = await _prepare(lane, config, piece, messages, count_without_changes(config, page, state))
    await _send_meanwhile(lane, settlement, ahead, is_end=not page.is_full and not is_held_back)
    if await follow_source_if_migrated(lane, config, messages, settlement.report.cursor):
        return Continue()
    await arrived(ahead)
    if young:
        return Snooze(max(written_at(young) + delay - now, timedelta(0)), "a message waits for its delay")
    return _what_next(piece, page, is_held_back=bool(waiting))


async def _prepare(
    lane: Lane, config: ConfigSnapshot, piece: Piece, messages: Unit, changes: Count | None
) -> Settlement:
    """Write down what is about to be sent."""
    prior = await load_prior(lane, config, messages)
    plan = plan_messages(config, messages, prior)
    reservation = await reserve(lane, config, plan)
    if reservation.settled:
        plan = plan_messages(config, messages, prior, reservation.settled)
    clock = lane.deps.clock
    return Settlement(
        config=config,
        piece=piece,
        plan=plan,
        prior=prior,
        reservation=reservation,
        report=Report(cursor=plan.cursor_before(0) or piece.cursor),
        started_at=clock.now(),
        started=clock.monotonic(),
        changes=changes,
    )


async def _send_meanwhile(lane: Lane, settlement: Settlement, ahead: Ahead | None, *, is_end: bool) -> None:
    """Send while the next page comes; a flood wait that was met there is the better reason."""
    try:
        await _send(lane, settlement, is_end=is_end)
    except AccountRests:
        await arrived(ahead)
        raise


async def _send(lane: Lane, settlement: Settlement, *, is_end: bool) -> None:
    """Send, and write down what became of it, whatever happens."""
    config, piece, report = settlement.config, settlement.piece, settlement.report
    try:
        route = await route_for(lane, config, settlement.prior, settlement.reservation)
        with lane.deps.tracer.span("send"):
            await deliver(route, settlement.plan, report)
        if report.error is None and piece.until is not None and is_end:
            report.cursor = piece.until  # whatever else the window had was deleted
    finally:
        await to_the_end(settle(lane, settlement))
    if report.error is not None:
        lane.keep(replace(lane.latest(config), may_have_strays=True))
        raise report.error


def _may_grow(fetched: Fetched) -> bool:
    last = fetched.page.messages[-1] if fetched.page.messages else None
    return last is not None and last.grouped_id is not None and abs(fetched.at - last.date) < ALBUM_SETTLES


def _what_next(piece: Piece, page: Page, *, is_held_back: bool) -> Outcome:
    if page.is_full or (piece.kind is PieceKind.HISTORY and not is_held_back):
        return Continue()
    if is_held_back:
        return Snooze(ALBUM_SETTLES, "an album may not be complete yet")
    return Done()
