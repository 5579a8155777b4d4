"""Which slots come to which Redis at which moment: by the product's own function, so that nothing is assumed of it."""

from dataclasses import dataclass

from tgforward.forwarding.identity import hash64
from tgforward.forwarding.slots import phase
from tgforward.types import ConfigId

BIN_MS = 10


@dataclass(frozen=True, slots=True)
class World:
    """The size of an installation."""

    configs: int
    accounts: int
    sources: int
    """Of each account, which its configs share."""
    interval_s: int
    instances: int
    """Of Redis; a lane belongs to one of them."""


def instance_of(account: int, instances: int) -> int:
    """The Redis of an account's lane."""
    return hash64("lane", account) % instances


def slots_by_bin(world: World) -> list[list[int]]:
    """For each Redis the number of slots in each `BIN_MS` of an interval; every interval is like the other."""
    homes = [instance_of(account, world.instances) for account in range(world.accounts)]
    interval_ms = world.interval_s * 1000
    bins = [[0] * (interval_ms // BIN_MS) for _ in range(world.instances)]
    for number in range(1, world.configs + 1):
        bins[homes[number % world.accounts]][phase(ConfigId(number), interval_ms) // BIN_MS] += 1
    return bins
