"""The plan's steps on their way: which of them go together."""

from collections import deque
from collections.abc import Collection
from dataclasses import dataclass

from tgforward.errors import AccountRests
from tgforward.forwarding.plan import PinOne, Plan, Step
from tgforward.services.route import Route
from tgforward.services.sending import parts_of
from tgforward.types import MessageId


@dataclass(frozen=True, slots=True)
class Leg:
    """A step, and where the cursor stands once it is done; None: where it stood."""

    step: Step
    cursor: MessageId | None


def legs_of(route: Route, plan: Plan) -> deque[Leg]:
    """Every step in order; a dest that takes one message per request gets them one by one."""
    legs: deque[Leg] = deque()
    for number, step in enumerate(plan.steps):
        *others, last = parts_of(step) if route.is_single else [step]
        legs += [Leg(part, None) for part in others]
        legs.append(Leg(last, plan.cursor_after(number)))
    return legs


def take_chain(route: Route, legs: deque[Leg], most: int) -> list[Leg]:
    """Take the legs that go now: at most so many, as far as pace and replies allow; never none.

    Raises:
        AccountRests: not even the first may go yet.
    """
    chain = [_take(route, legs)]
    if isinstance(chain[0].step, PinOne) or route.is_single:
        return chain
    under_way = _messages_of(chain[0])
    while legs and len(chain) < most and not _must_wait(legs[0].step, under_way):
        try:
            chain.append(_take(route, legs))
        except AccountRests:
            break
        under_way |= _messages_of(chain[-1])
    return chain


def _take(route: Route, legs: deque[Leg]) -> Leg:
    route.pace.spend(route.dest.chat_id, len(legs[0].step.deliveries))
    return legs.popleft()


def _must_wait(step: Step, under_way: Collection[MessageId]) -> bool:
    """An answer needs the id of the copy that it answers, and so does a pin."""
    return isinstance(step, PinOne) or any(item.reply_to in under_way for item in step.deliveries)


def _messages_of(leg: Leg) -> set[MessageId]:
    return {item.message.id for item in leg.step.deliveries}
