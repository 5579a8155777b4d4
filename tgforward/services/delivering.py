"""Step 6 of a run: send what was planned, in order, and say exactly what became of each message."""

from collections.abc import Sequence

from tgforward.errors import ChainBroken, FloodWait, PeerFlood, SlowMode, TelegramError, TgforwardError
from tgforward.forwarding.plan import PinOne, Plan
from tgforward.services.concluding import conclude, note_sent
from tgforward.services.legs import Leg, legs_of, take_chain
from tgforward.services.report import Report as Report  # part of the signature here
from tgforward.services.route import Route
from tgforward.services.sending import StepsInFlight, send_step, send_together

CHAIN = 20  # requests in flight together at most


async def deliver(route: Route, plan: Plan, report: Report) -> None:
    """Do the plan's steps in order until one fails; `report` is true at every moment, also when this is cancelled.

    Many are in flight together. One that fails makes the next chain short; chains grow while all goes well.
    """
    legs, most = legs_of(route, plan), CHAIN
    try:
        while legs:
            refused = len(report.refused)
            left = await _deliver_chain(route, take_chain(route, legs, most), report)
            legs.extendleft(reversed(left))
            most = 1 if left or len(report.refused) > refused else min(2 * most, CHAIN)
    except TgforwardError as error:
        report.error = error


async def _deliver_chain(route: Route, chain: Sequence[Leg], report: Report) -> list[Leg]:
    """Send what goes together; the legs that must go again, since one before them was refused."""
    steps = [leg.step for leg in chain if not isinstance(leg.step, PinOne)]
    in_flight = await send_together(route, steps) if len(chain) > 1 else None
    for number, leg in enumerate(chain):
        sending = send_step(route, leg.step) if in_flight is None else in_flight.sent(number)
        try:
            await conclude(route, leg.step, report, sending)
        except ChainBroken:
            if in_flight is None or number == 0:
                raise  # nothing stood before it
            return await _left_behind(route, chain, number, in_flight, report)
        report.cursor = leg.cursor or report.cursor
    return []


async def _left_behind(
    route: Route, chain: Sequence[Leg], first: int, in_flight: StepsInFlight, report: Report
) -> list[Leg]:
    """Those from `first` on that were not done; every answer is there before any of them goes again."""
    left = []
    for number, leg in enumerate(chain[first:], first):
        try:
            await note_sent(route, leg.step, report, await in_flight.answer(number))
        except (FloodWait, PeerFlood, SlowMode):
            raise
        except TelegramError:
            route.pace.give_back(route.dest.chat_id, len(leg.step.deliveries))
            left.append(leg)
    return left
