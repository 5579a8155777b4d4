"""Which way the messages of a branch go."""

from tgforward.forwarding.ruleset import SendMode
from tgforward.services.lane import Lane
from tgforward.services.planning import Prior
from tgforward.services.reserving import Reservation
from tgforward.services.route import Route
from tgforward.services.snapshot import ConfigSnapshot
from tgforward.telegram.manner import Manner


async def route_for(lane: Lane, config: ConfigSnapshot, prior: Prior, reservation: Reservation) -> Route:
    """The way to the branch's dest, through the lane's connection."""
    return Route(
        connection=await lane.connection(),
        source=config.source,
        dest=config.dest,
        manner=manner_of(config),
        copies={**prior.copies, **reservation.copies},
        attempts=reservation.attempts,
        pace=lane.pace,
        now=lane.deps.clock.now(),
        is_single=config.dest.chat_id in lane.single_dests,
    )


def manner_of(config: ConfigSnapshot) -> Manner:
    """How all of the branch's messages are sent."""
    options = config.options
    return Manner(
        drop_author=options.mode is SendMode.COPY,
        is_silent=options.silent,
        topic_id=config.topic_id,
        send_as=config.send_as,
        keep_preview=options.web_preview,
    )
