"""Sends beside the cursor: what was begun and never settled, and what is sent because a message has changed."""

from collections.abc import Sequence
from dataclasses import replace

from tgforward.forwarding.message import SourceMessage
from tgforward.forwarding.plan import Plan
from tgforward.services.delivering import Report, deliver
from tgforward.services.finishing import to_the_end
from tgforward.services.lane import Lane
from tgforward.services.planning import Prior, load_prior, plan_messages
from tgforward.services.reserving import Reservation, reserve
from tgforward.services.routing import route_for
from tgforward.services.settling import settle_strays
from tgforward.services.snapshot import ConfigSnapshot
from tgforward.types import MessageId

Key = tuple[MessageId, int]
"""A source message and the part of it."""


async def send_again(
    lane: Lane, config: ConfigSnapshot, messages: Sequence[SourceMessage], *, revision: int, only: frozenset[Key]
) -> frozenset[Key]:
    """Send these parts of messages, each under its `random_id`; which of them the plan still knows.

    Raises:
        TransientError, PermanentError: what ended it before the rest; what was done until then is written down.
    """
    if revision:
        messages, config = _below_the_first(messages, config)
    prior = await load_prior(lane, config, messages)
    planned = _keys_of(plan_messages(config, messages, prior, revision=revision))
    unwanted = planned - only
    plan = plan_messages(config, messages, prior, unwanted, revision=revision)
    reservation = await reserve(lane, config, plan)
    plan = plan_messages(config, messages, prior, unwanted | reservation.settled, revision=revision)
    await _deliver(lane, config, plan, prior, reservation)
    return planned & only


def _below_the_first(
    messages: Sequence[SourceMessage], config: ConfigSnapshot
) -> tuple[Sequence[SourceMessage], ConfigSnapshot]:
    """A new version answers the copy of the first one, also where replies are not kept."""
    options = config.options.model_copy(update={"replies": True})
    return [replace(message, reply_to=message.id) for message in messages], replace(config, options=options)


async def _deliver(lane: Lane, config: ConfigSnapshot, plan: Plan, prior: Prior, reservation: Reservation) -> None:
    report = Report(cursor=MessageId(0))
    route = await route_for(lane, config, prior, reservation)
    try:
        await deliver(route, plan, report)
    finally:
        await to_the_end(settle_strays(lane, config.id, reservation, report))
    if report.error is not None:
        raise report.error


def _keys_of(plan: Plan) -> frozenset[Key]:
    return frozenset((item.message.id, item.part) for item in plan.deliveries)
