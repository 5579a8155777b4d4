"""Faults on demand: per method and account, counted or by chance."""

import math
import random
import time
from dataclasses import dataclass, field
from enum import StrEnum

from tgforward.sandbox.refusals import Refusal
from tgforward.sandbox.world.accounts import Account

HOUSEKEEPING = ("help.", "updates.", "auth.", "account.", "users.")
"""What a client library calls by itself: a fault or flood wait for "any method" leaves it alone."""


class FaultKind(StrEnum):
    """What goes wrong."""

    FLOOD_WAIT = "flood_wait"
    FLOOD_PREMIUM_WAIT = "flood_premium_wait"
    SLOWMODE_WAIT = "slowmode_wait"
    PEER_FLOOD = "peer_flood"
    SERVER_ERROR = "server_error"
    ERROR = "error"
    LOST = "lost"
    CUT = "cut"
    DELAY = "delay"
    ANSWER_LATE = "answer_late"
    REVOKED = "revoked"


@dataclass(slots=True)
class Fault:
    """An order to fail, once it has let `after` calls pass; `hits` counts how often it did.

    LOST cuts the connection and executes nothing; CUT executes, and cuts before the answer. DELAY executes after
    `delay_ms`, whether the client still waits or not; ANSWER_LATE executes at once and answers after `delay_ms`.
    """

    kind: FaultKind
    method: str | None = None
    account: Account | None = None
    seconds: int = 0
    delay_ms: float = 0
    error: str = ""
    code: int | None = None
    count: int | None = 1
    probability: float = 1.0
    after: int = 0
    hits: int = 0
    chance: random.Random = field(default_factory=random.Random, repr=False)

    def concerns(self, method: str, account: Account | None) -> bool:
        """Whether this call is one to fail."""
        if self.count == 0 or self.account not in (None, account):
            return False
        matches = not method.startswith(HOUSEKEEPING) if self.method is None else method == self.method
        if matches and self.after > 0:
            self.after -= 1
            return False
        return matches and (self.probability >= 1 or self.chance.random() < self.probability)


@dataclass(frozen=True, slots=True)
class Effect:
    """What happens to one call."""

    refusal: Refusal | None = None
    delay_s: float = 0
    answer_delay_s: float = 0
    is_lost: bool = False
    is_cut: bool = False
    is_revoked: bool = False


@dataclass(frozen=True, slots=True)
class Flood:
    """A wait that the server has imposed on an account."""

    name: str
    told_at: float
    until: float


class Faults:
    """All orders, and the waits that are not over yet."""

    def __init__(self, *, grace_s: float = 0.25) -> None:
        self.violations = 0
        self._grace_s = grace_s
        self._faults: list[Fault] = []
        self._floods: dict[Account | None, Flood] = {}

    def add(
        self,
        kind: FaultKind | str,
        *,
        method: str | None = None,
        account: Account | None = None,
        seconds: int = 0,
        delay_ms: float = 0,
        error: str = "",
        code: int | None = None,
        count: int | None = 1,
        probability: float = 1.0,
        after: int = 0,
        seed: int = 0,
    ) -> Fault:
        """Orders a fault for the next `count` calls (None: for all) of `method`, such as `messages.SendMessage`.

        The first `after` of them are left alone.

        Without a method every call counts but the library's own housekeeping; `error` is for the kind ERROR.
        """
        fault = Fault(FaultKind(kind), method, account, seconds, delay_ms, error, code, count, probability, after)
        fault.chance.seed(seed)
        self._faults.append(fault)
        return fault

    def remove(self, fault: Fault) -> None:
        """Takes an order back."""
        self._faults.remove(fault)

    def clear(self) -> None:
        """Takes all orders back and ends all waits."""
        self._faults.clear()
        self._floods.clear()

    def effect(self, method: str, account: Account | None) -> Effect:
        """What happens to this call; counts it."""
        waiting = self._still_flooded(method, account)
        if waiting is not None:
            return Effect(refusal=waiting)
        for fault in self._faults:
            if fault.concerns(method, account):
                fault.hits += 1
                fault.count = None if fault.count is None else fault.count - 1
                return self._effect_of(fault, account)
        return Effect()

    def _still_flooded(self, method: str, account: Account | None) -> Refusal | None:
        flood = self._floods.get(account)
        now = time.monotonic()
        if flood is None or now >= flood.until or method.startswith(HOUSEKEEPING):
            return None
        # What was under way when the wait began is no violation: the client could not know yet.
        if now > flood.told_at + self._grace_s:
            self.violations += 1
        return Refusal(f"{flood.name}_{math.ceil(flood.until - now)}")

    def _effect_of(self, fault: Fault, account: Account | None) -> Effect:
        match fault.kind:
            case FaultKind.FLOOD_WAIT | FaultKind.FLOOD_PREMIUM_WAIT:
                now = time.monotonic()
                flood = self._floods[account] = Flood(fault.kind.upper(), now, now + fault.seconds)
                return Effect(refusal=Refusal(f"{flood.name}_{fault.seconds}"))
            case FaultKind.LOST:
                return Effect(is_lost=True)
            case FaultKind.CUT:
                return Effect(is_cut=True)
            case FaultKind.DELAY:
                return Effect(delay_s=fault.delay_ms / 1000)
            case FaultKind.ANSWER_LATE:
                return Effect(answer_delay_s=fault.delay_ms / 1000)
            case FaultKind.REVOKED:
                return Effect(is_revoked=True, refusal=Refusal("SESSION_REVOKED"))
            case _:
                return Effect(refusal=_refusal_of(fault))


def _refusal_of(fault: Fault) -> Refusal:
    names = {
        FaultKind.SLOWMODE_WAIT: f"SLOWMODE_WAIT_{fault.seconds}",
        FaultKind.PEER_FLOOD: "PEER_FLOOD",
        FaultKind.SERVER_ERROR: "INTERNAL_SERVER_ERROR",
    }
    return Refusal(names.get(fault.kind, fault.error), code=fault.code)
