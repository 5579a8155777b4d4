"""What became of one step that was begun, and what is done where it was refused."""

from collections.abc import Awaitable, Mapping, Sequence
from datetime import timedelta

from tgforward.errors import (
    ChatProtected,
    DuplicateInFlight,
    FileReferenceExpired,
    MessageGone,
    MessageRejected,
    ServerFault,
    TelegramError,
)
from tgforward.forwarding.identity import piece_of
from tgforward.forwarding.plan import Delivery, PinOne, Step
from tgforward.forwarding.skips import Skipped, SkipReason
from tgforward.services.report import Report
from tgforward.services.route import Route
from tgforward.services.sending import Sent, parts_of, send_step
from tgforward.telegram.peers import refresh, to_peer
from tgforward.telegram.searching import find_sent
from tgforward.types import MessageId

APART_ATTEMPTS = 3  # so often a batch that Telegram fails on is tried as a whole
DUPLICATE_ATTEMPTS = 3  # so often a duplicate counts as "still in flight"; then it is taken as sent
CLOCKS_DIFFER = timedelta(minutes=1)  # ours and Telegram's
DEAD_ATTEMPTS, DEAD_AFTER = 8, timedelta(minutes=10)  # both: an outage of Telegram must not kill messages

REFUSALS: Mapping[type[TelegramError], SkipReason] = {
    ChatProtected: SkipReason.PROTECTED,
    MessageGone: SkipReason.GONE,
    MessageRejected: SkipReason.REJECTED,
    FileReferenceExpired: SkipReason.REJECTED,
    ServerFault: SkipReason.FAILED,
}


async def _deliver_step(route: Route, step: Step, report: Report) -> None:
    """One request; where a message spoils it for the others, one request per message or album."""
    route.pace.spend(route.dest.chat_id, len(step.deliveries))
    await conclude(route, step, report, send_step(route, step))


async def conclude(route: Route, step: Step, report: Report, sending: Awaitable[Sent]) -> None:
    """Note what a step that was begun has come to, and mend what can be mended."""
    try:
        await note_sent(route, step, report, await sending)
    except (MessageGone, MessageRejected, ChatProtected, FileReferenceExpired) as error:
        await _refused(route, step, report, error)
    except DuplicateInFlight as error:
        await _duplicate(route, step, report, error)
    except ServerFault as error:
        await _failed(route, step, report, error)


async def note_sent(route: Route, step: Step, report: Report, answer: Sent) -> None:
    """Note what a step's messages became."""
    missing = [item for item in step.deliveries if item.random_id not in answer]
    _record(route, step, {**answer, **await _sent_before(route, missing)}, report)


async def _refused(route: Route, step: Step, report: Report, error: TelegramError) -> None:
    parts = parts_of(step)
    if len(parts) == 1 and isinstance(error, MessageGone):
        _record(route, step, await _sent_before(route, step.deliveries), report, error.code)
    elif len(parts) == 1 or (isinstance(error, ChatProtected) and await _is_protected(route)):
        _skip(step, report, error)
    else:
        await _each(route, parts, report)


async def _sent_before(route: Route, deliveries: Sequence[Delivery]) -> Sent:
    """What earlier attempts at messages that are gone by now had brought to the dest, unanswered."""
    tried = [item for item in deliveries if route.fewest_attempts([item.random_id]) > 1]
    if not tried:
        return {}
    found = await find_sent(route.connection, route.dest, tried, route.begun_at - CLOCKS_DIFFER)
    return {random_id: copy for random_id, copy in found.items() if copy is not None}


async def _duplicate(route: Route, step: Step, report: Report, error: DuplicateInFlight) -> None:
    """An earlier call that is still going on, or, on older servers, one that was done: then it is looked up."""
    parts = parts_of(step)
    if len(parts) > 1:
        await _each(route, parts, report)
    elif route.fewest_attempts([item.random_id for item in step.deliveries]) < DUPLICATE_ATTEMPTS:
        raise error
    else:
        found = await find_sent(route.connection, route.dest, step.deliveries, route.begun_at - CLOCKS_DIFFER)
        _record(route, step, found, report)


async def _failed(route: Route, step: Step, report: Report, error: ServerFault) -> None:
    """Telegram's own failure: waited for, unless it is this one message that fails again and again."""
    attempts = [route.attempts[item.random_id] for item in step.deliveries if item.random_id in route.attempts]
    parts = parts_of(step)
    if len(parts) > 1 and all(attempt.number >= APART_ATTEMPTS for attempt in attempts):
        await _each(route, parts, report)
    elif all(item.number >= DEAD_ATTEMPTS and route.now - item.since >= DEAD_AFTER for item in attempts):
        _skip(step, report, error)
    else:
        raise error


async def _each(route: Route, parts: list[Step], report: Report) -> None:
    for part in parts:
        await _deliver_step(route, part, report)


async def _is_protected(route: Route) -> bool:
    return to_peer(await refresh(route.connection, route.source)).protected


def _skip(step: Step, report: Report, error: TelegramError) -> None:
    reason = REFUSALS[type(error)]
    report.refused.update({item.random_id: Skipped(item.message.id, reason, error.code) for item in step.deliveries})


def _record(route: Route, step: Step, answer: Sent, report: Report, why_not: str = "not in Telegram's answer") -> None:
    for item in step.deliveries:
        if item.random_id not in answer:
            report.refused[item.random_id] = Skipped(item.message.id, SkipReason.GONE, why_not)
            continue
        report.sent[item.random_id] = copy = answer[item.random_id]
        if not isinstance(step, PinOne):
            _note_arrival(route, item, copy, report)


def _note_arrival(route: Route, item: Delivery, copy: MessageId | None, report: Report) -> None:
    if piece_of(item.part) == 0:
        report.arrived.add(item.message.id)
        if copy is not None:
            route.copies[item.message.id] = copy
