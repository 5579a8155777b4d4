"""Planned steps as requests; and a step taken apart where one message spoils it for the others."""

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, replace

from tgforward.errors import FileReferenceExpired
from tgforward.forwarding.identity import piece_of
from tgforward.forwarding.plan import Delivery, ForwardBatch, PinOne, SendAlbum, SendOne, Step
from tgforward.services.route import Route
from tgforward.telegram.editing import pin
from tgforward.telegram.outgoing import Outgoing, as_album, as_forward, as_media, as_text
from tgforward.telegram.reading import fetch_messages
from tgforward.telegram.sending import InFlight, send, send_in_order
from tgforward.types import MessageId, RandomId

Sent = Mapping[RandomId, MessageId | None]
"""What each delivery became; None: nothing of its own, it only changed something."""

Sendable = ForwardBatch | SendOne | SendAlbum
"""Steps that send messages: several may be in flight together."""


async def send_step(route: Route, step: Step) -> Sent:
    """Do one step; media whose reference has expired is fetched again and sent under the same `random_id`."""
    if isinstance(step, PinOne):
        return await _pin(route, step.delivery)
    return await _or_refetched(route, step, _send(route, step))


@dataclass(frozen=True, slots=True)
class StepsInFlight:
    """Steps that were begun together."""

    route: Route
    steps: Sequence[Sendable]
    sends: InFlight

    async def answer(self, number: int) -> Sent:
        """What became of the step with that number, from 0.

        Raises:
            ChainBroken: an earlier step failed; this one was not done.
        """
        return await self.sends.answer(number)

    async def sent(self, number: int) -> Sent:
        """The same; what `send_step` mends is mended here, too, once all before it are done."""
        return await _or_refetched(self.route, self.steps[number], self.sends.sent(number))


async def send_together(route: Route, steps: Sequence[Sendable]) -> StepsInFlight:
    """Begin several steps at once; each is done after the one before it, and not at all if that one fails."""
    sends = await send_in_order(route.connection, [_outgoing(route, step) for step in steps])
    return StepsInFlight(route, steps, sends)


def parts_of(step: Step) -> list[Step]:
    """A batch as single messages and whole albums; any other step as it is."""
    if not isinstance(step, ForwardBatch):
        return [step]
    groups: dict[int, list[Delivery]] = {}
    for item in step.deliveries:
        groups.setdefault(item.message.grouped_id or -item.message.id, []).append(item)
    return [ForwardBatch(tuple(group)) for group in groups.values()]


async def _send(route: Route, step: Sendable) -> Sent:
    return await send(route.connection, _outgoing(route, step))


def _outgoing(route: Route, step: Sendable) -> Outgoing:
    dest, manner = route.dest, route.manner_of(step.deliveries[0])
    match step:
        case ForwardBatch(deliveries):
            return as_forward(route.source, dest, deliveries, manner)
        case SendAlbum(deliveries):
            return as_album(dest, deliveries, manner)
        case SendOne(delivery) if _is_text(delivery):
            return as_text(dest, delivery, manner)
        case SendOne(delivery):
            return as_media(dest, delivery, manner)


def _is_text(delivery: Delivery) -> bool:
    """Further pieces of a too long caption are texts, too."""
    media = delivery.message.media
    return media is None or not media.has_caption or piece_of(delivery.part) > 0


async def _pin(route: Route, delivery: Delivery) -> Sent:
    copy = None if delivery.message.pins is None else route.copies.get(delivery.message.pins)
    if copy is None:
        return {}  # what was to be pinned did not arrive
    await pin(route.connection, route.dest, copy)
    return {delivery.random_id: None}


async def _or_refetched(route: Route, step: Sendable, sending: Awaitable[Sent]) -> Sent:
    try:
        return await sending
    except FileReferenceExpired:
        return await _send(route, await _refetched(route, step))


async def _refetched(route: Route, step: Sendable) -> Sendable:
    """The same step, with the same `random_id`s, on messages that were fetched just now."""
    deliveries = step.deliveries
    fresh = await fetch_messages(route.connection, route.source, [item.message.id for item in deliveries])
    by_id = {message.id: message for message in fresh}
    renewed = tuple(replace(item, message=by_id.get(item.message.id, item.message)) for item in deliveries)
    return SendOne(renewed[0]) if isinstance(step, SendOne) else type(step)(renewed)
