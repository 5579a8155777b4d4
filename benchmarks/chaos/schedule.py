"""What fails when: drawn from the seed before the test begins."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Final

from benchmarks.chaos.options import Options


class Kind(StrEnum):
    """One way to fail."""

    KILL_WORKER = "kill_worker"
    KILL_BEFORE = "kill_before_execution"
    KILL_EXECUTED = "kill_before_answer"
    KILL_ANSWERED = "kill_after_answer"
    KILL_LOST = "kill_with_lost_request"
    KILL_SCHEDULER = "kill_scheduler"
    FREEZE_WORKER = "freeze_worker"
    FREEZE_SENDING = "freeze_while_sending"
    FREEZE_SCHEDULER = "freeze_scheduler"
    REDIS_KILL = "redis_kill"
    REDIS_FLUSH = "redis_flush"
    DATABASE = "database_away"
    CUT = "cut_after_execution"
    LOST = "lost_before_execution"
    SLOW = "slow_execution"
    SLOW_ANSWER = "slow_answer"
    SERVER_ERROR = "server_error"
    FLOOD = "flood_wait"
    DUPLICATES = "duplicate_mode"
    RENAME = "edit_name"
    SIGN = "edit_rule"
    MOVE_DEST = "edit_dest"
    MOVE_ACCOUNT = "edit_account"


KILLS: Final = (
    *(Kind.KILL_WORKER,) * 6,
    *(Kind.KILL_SCHEDULER,) * 4,
    *(Kind.KILL_BEFORE, Kind.KILL_EXECUTED, Kind.KILL_ANSWERED) * 3,
    Kind.KILL_LOST,
)
"""The share of each in all kills."""
FREEZES: Final = (Kind.FREEZE_SENDING, Kind.FREEZE_WORKER, Kind.FREEZE_SCHEDULER)
STORES: Final = (Kind.REDIS_KILL, Kind.REDIS_FLUSH, Kind.DATABASE)
NETWORK: Final = (Kind.CUT, Kind.CUT, Kind.LOST, Kind.SLOW, Kind.SLOW_ANSWER, Kind.SERVER_ERROR)
EDITS: Final = (Kind.RENAME, Kind.SIGN, Kind.MOVE_DEST, Kind.MOVE_ACCOUNT)


@dataclass(frozen=True, slots=True)
class Event:
    """One failure: when (seconds from the start), and the seed of the choices that it makes."""

    at_s: float
    kind: Kind
    seed: int


Stream = Sequence[Event]
"""Events that happen one after the other; different streams overlap."""


def draw(options: Options) -> dict[str, Stream]:
    """All streams by name; a guard is tried by processes that were frozen while others worked, and by nothing else."""
    random = Random(f"schedule {options.seed}")  # a text: neighbouring seeds have nothing in common
    kills, freezes, duration_s = options.kills, options.freezes, options.duration_s
    if options.sabotage == "guard":
        return {"freezes": _spread(random, [Kind.FREEZE_SENDING] * freezes, duration_s)}
    return {
        "kills": _spread(random, _fill(random, KILLS, kills), duration_s),
        "freezes": _spread(random, [Kind.FREEZE_SENDING, *_fill(random, FREEZES, freezes - 1)], duration_s),
        "stores": _spread(random, _fill(random, STORES, max(len(STORES), kills // 6)), duration_s),
        "network": _spread(random, _fill(random, NETWORK, max(len(NETWORK), kills)), duration_s),
        "floods": _spread(random, [Kind.FLOOD] * max(1, kills // 4), duration_s),
        "duplicates": _spread(random, [Kind.DUPLICATES] * max(2, kills // 6), duration_s),
        "edits": _spread(random, _fill(random, EDITS, max(len(EDITS), kills // 3)), duration_s),
    }


def _fill(random: Random, kinds: Sequence[Kind], count: int) -> list[Kind]:
    """`count` kinds in their shares, shuffled."""
    pool: list[Kind] = []
    while len(pool) < count:
        pool += random.sample(kinds, len(kinds))
    chosen = pool[:count]
    random.shuffle(chosen)
    return chosen


def _spread(random: Random, kinds: Sequence[Kind], duration_s: float) -> Stream:
    """One in each equal piece of the time, anywhere in it."""
    piece = duration_s / max(1, len(kinds))
    return [
        Event((number + random.random()) * piece, kind, random.randrange(2**32)) for number, kind in enumerate(kinds)
    ]
