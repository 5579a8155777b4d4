"""One planned step as one request; and a step taken apart where one message spoils it for the others."""

from collections.abc import Mapping
from dataclasses import replace

from tgforward.errors import FileReferenceExpired
from tgforward.forwarding.identity import piece_of
from tgforward.forwarding.plan import Delivery, ForwardBatch, PinOne, SendAlbum, SendOne, Step
from tgforward.services.route import Route
from tgforward.telegram.editing import pin
from tgforward.telegram.reading import fetch_messages
from tgforward.telegram.sending import forward, send_album, send_media, send_text
from tgforward.types import MessageId, RandomId

Sent = Mapping[RandomId, MessageId | None]
"""What each delivery became; None: nothing of its own, it only changed something."""


async def send_step(route: Route, step: Step) -> Sent:
    """Send a step; media whose reference has expired is fetched again and sent under the same `random_id`."""
    try:
        return await _send(route, step)
    except FileReferenceExpired:
        return await _send(route, await _refetched(route, step))


def parts_of(step: Step) -> list[Step]:
    """A batch as single messages and whole albums; any other step as it is."""
    if not isinstance(step, ForwardBatch):
        return [step]
    groups: dict[int, list[Delivery]] = {}
    for item in step.deliveries:
        groups.setdefault(item.message.grouped_id or -item.message.id, []).append(item)
    return [ForwardBatch(tuple(group)) for group in groups.values()]


async def _send(route: Route, step: Step) -> Sent:
    connection, dest = route.connection, route.dest
    manner = route.manner_of(step.deliveries[0])
    match step:
        case ForwardBatch(deliveries):
            return await forward(connection, route.source, dest, deliveries, manner)
        case SendAlbum(deliveries):
            return await send_album(connection, dest, deliveries, manner)
        case PinOne(delivery):
            return await _pin(route, delivery)
        case SendOne(delivery) if _is_text(delivery):
            return await send_text(connection, dest, delivery, manner)
        case SendOne(delivery):
            return await send_media(connection, dest, delivery, manner)


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


async def _refetched(route: Route, step: Step) -> Step:
    """The same step, with the same `random_id`s, on messages that were fetched just now."""
    deliveries = step.deliveries
    fresh = await fetch_messages(route.connection, route.source, [item.message.id for item in deliveries])
    by_id = {message.id: message for message in fresh}
    renewed = tuple(replace(item, message=by_id.get(item.message.id, item.message)) for item in deliveries)
    match step:
        case SendOne():
            return SendOne(renewed[0])
        case PinOne():
            return step
        case _:
            return type(step)(renewed)
