"""Step 6 of a run: send what was planned, in order, and say exactly what became of each message."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from tgforward.errors import (
    ChatProtected,
    DuplicateInFlight,
    FileReferenceExpired,
    MessageGone,
    MessageRejected,
    TelegramError,
    TgforwardError,
)
from tgforward.forwarding.plan import Delivery, ForwardBatch, Plan, SendAlbum, SendOne, Step
from tgforward.forwarding.skips import Skipped, SkipReason
from tgforward.telegram.connection import Connection
from tgforward.telegram.peers import Peer
from tgforward.telegram.reading import fetch_messages
from tgforward.telegram.sending import forward, send_album, send_media, send_text
from tgforward.types import MessageId, RandomId

DUPLICATE_ATTEMPTS = 3  # so often a duplicate counts as "still in flight"; then it is taken as sent

Sent = Mapping[RandomId, MessageId]


@dataclass(slots=True)
class Report:
    """What became of the steps that were done; `error` ended the run before the rest."""

    cursor: MessageId
    sent: dict[RandomId, MessageId | None] = field(default_factory=dict)
    skipped: list[Skipped] = field(default_factory=list)
    error: TgforwardError | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """Where messages come from and go to, and through which connection."""

    connection: Connection
    source: Peer
    dest: Peer
    attempts: Mapping[RandomId, int]
    """How often each delivery was begun before this run."""


async def deliver(route: Route, plan: Plan, report: Report) -> None:
    """Do the plan's steps in order until one fails; `report` is true at every moment, also when this is cancelled."""
    for number, step in enumerate(plan.steps):
        try:
            await _deliver_step(route, step, report)
        except TgforwardError as error:
            report.error = error
            return
        report.cursor = plan.cursor_after(number) or report.cursor


async def _deliver_step(route: Route, step: Step, report: Report) -> None:
    """One request; where a message spoils it for the others, one request per message or album."""
    try:
        answer = await _send_fresh(route, step)
    except (MessageGone, MessageRejected, ChatProtected) as error:
        await _deliver_apart(route, step, report, error)
    except DuplicateInFlight as error:
        await _settle_duplicate(route, step, report, error)
    else:
        _record(step, answer, report)


async def _send_fresh(route: Route, step: Step) -> Sent:
    try:
        return await _send(route, step)
    except FileReferenceExpired:
        return await _send(route, await _refetched(route, step))


async def _send(route: Route, step: Step) -> Sent:
    match step:
        case ForwardBatch(deliveries):
            return await forward(route.connection, route.source, route.dest, deliveries)
        case SendAlbum(deliveries):
            return await send_album(route.connection, route.dest, deliveries)
        case SendOne(delivery) if delivery.message.media is None or not delivery.message.media.has_caption:
            return await send_text(route.connection, route.dest, delivery)
        case SendOne(delivery):
            return await send_media(route.connection, route.dest, delivery)


async def _refetched(route: Route, step: Step) -> Step:
    """The same step, with the same `random_id`s, on messages that were fetched just now."""
    deliveries = step.deliveries
    fresh = await fetch_messages(route.connection, route.source, [item.message.id for item in deliveries])
    by_id = {message.id: message for message in fresh}
    renewed = tuple(replace(item, message=by_id.get(item.message.id, item.message)) for item in deliveries)
    return SendOne(renewed[0]) if isinstance(step, SendOne) else type(step)(renewed)


async def _deliver_apart(route: Route, step: Step, report: Report, error: TelegramError) -> None:
    parts = _parts(step)
    if len(parts) == 1:
        report.skipped.extend(Skipped(item.message.id, _reason(error), error.code) for item in step.deliveries)
        return
    for part in parts:
        await _deliver_step(route, part, report)


async def _settle_duplicate(route: Route, step: Step, report: Report, error: DuplicateInFlight) -> None:
    """A duplicate is an earlier call that is still going on, or, on older servers, one that was done."""
    parts = _parts(step)
    if len(parts) > 1:
        for part in parts:
            await _deliver_step(route, part, report)
        return
    deliveries = step.deliveries
    if any(route.attempts.get(item.random_id, 0) < DUPLICATE_ATTEMPTS for item in deliveries):
        raise error
    report.sent.update({item.random_id: None for item in deliveries})


def _record(step: Step, answer: Sent, report: Report) -> None:
    for item in step.deliveries:
        if item.random_id in answer:
            report.sent[item.random_id] = answer[item.random_id]
        else:
            report.skipped.append(Skipped(item.message.id, SkipReason.GONE, "not in Telegram's answer"))


def _parts(step: Step) -> list[Step]:
    """A batch as single messages and whole albums; any other step as it is."""
    if not isinstance(step, ForwardBatch):
        return [step]
    groups: dict[int, list[Delivery]] = {}
    for item in step.deliveries:
        groups.setdefault(item.message.grouped_id or -item.message.id, []).append(item)
    return [ForwardBatch(tuple(group)) for group in groups.values()]


def _reason(error: TelegramError) -> SkipReason:
    match error:
        case ChatProtected():
            return SkipReason.PROTECTED
        case MessageGone():
            return SkipReason.GONE
        case _:
            return SkipReason.REJECTED
