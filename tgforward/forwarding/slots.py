"""When a config runs: a pure function of its id and interval, in integer milliseconds since the epoch (UTC).

The phase spreads the configs of one interval evenly; nothing drifts and nothing is stored.
"""

from tgforward.forwarding.identity import hash64
from tgforward.types import ConfigId


def phase(config: ConfigId, interval_ms: int) -> int:
    """The config's own shift against the clock, 0 <= phase < interval."""
    return hash64(config) % interval_ms


def slot(config: ConfigId, interval_ms: int, at_ms: int) -> int:
    """The latest slot at or before `at_ms`."""
    shift = phase(config, interval_ms)
    return (at_ms - shift) // interval_ms * interval_ms + shift


def next_slot(config: ConfigId, interval_ms: int, at_ms: int) -> int:
    """The earliest slot after `at_ms`."""
    return slot(config, interval_ms, at_ms) + interval_ms
