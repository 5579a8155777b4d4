"""One planned step as one request; and a step taken apart where one message spoils it for the others."""

from collections.abc import Mapping
from dataclasses import replace

from tgforward.errors import FileReferenceExpired
from tgforward.forwarding.plan import Delivery, ForwardBatch, SendAlbum, SendOne, Step
from tgforward.services.route import Route
from tgforward.telegram.reading import fetch_messages
from tgforward.telegram.sending import forward, send_album, send_media, send_text
from tgforward.types import MessageId, RandomId

Sent = Mapping[RandomId, MessageId]


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
