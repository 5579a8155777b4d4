"""Who is answered from memory, and who asks."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tgforward.forwarding.slots import next_slot
from tgforward.forwarding.turns import KEPT_FOR_MS, Turns
from tgforward.types import ConfigId

START = 1_800_000_000_000


def asks(readers: dict[ConfigId, int], until: int) -> list[int]:
    """When a source is asked for, if each config runs at its slots until a moment."""
    turns, asked = Turns.of(readers), [START - 10**9]
    runs = sorted(moment for config, interval in readers.items() for moment in slots(config, interval, until))
    for moment in runs:
        if not turns.serves(asked[-1], moment):
            asked.append(moment)
    return asked[1:]


def slots(config: ConfigId, interval: int, until: int) -> list[int]:
    found = [next_slot(config, interval, START)]
    while found[-1] < until:
        found.append(next_slot(config, interval, found[-1]))
    return found[:-1]


def test_a_thousand_configs_ask_once_in_an_interval() -> None:
    """Whichever of them runs first in a turn asks for all."""
    readers = {ConfigId(number): 20_000 for number in range(1, 1001)}
    assert len(asks(readers, START + 200_000)) == 11  # one that has begun, and ten whole turns


def test_the_smallest_interval_counts() -> None:
    """A source is asked for in each slot of the config that reads it most often, others add nothing."""
    readers = {ConfigId(1): 60_000, ConfigId(2): 5_000, ConfigId(3): 7_000}
    asked = asks(readers, START + 600_000)
    assert len(asked) <= 121
    assert max(later - sooner for sooner, later in pairwise(asked)) <= 5_000


@given(
    st.integers(1, 10**6).map(ConfigId), st.sampled_from([1000, 20_000, 3_600_000]), st.floats(-0.1, 0.5),
    st.floats(-0.1, 0.5),
)  # fmt: skip
def test_a_config_alone_asks_in_each_slot(config: ConfigId, interval: int, early: float, late: float) -> None:
    """A little earlier or later than its slot, it is never answered with what it was told the last time."""
    turns, first = Turns(config, interval), next_slot(config, interval, START)
    shift = [int(share * min(interval, 40_000)) for share in (early, late)]
    assert not turns.serves(first + shift[0], first + interval + shift[1])


def test_what_is_asked_for_a_little_ahead_serves_the_slot() -> None:
    """It belongs to the slot that follows, not to the one before."""
    turns = Turns(ConfigId(7), 20_000)
    due = next_slot(turns.config, 20_000, START)
    assert turns.serves(due - turns.ahead_ms, due)
    assert not turns.serves(due - turns.ahead_ms - 1, due)


def test_nobody_is_told_anything_old() -> None:
    """With an interval of an hour, a second config of the source does not get an answer that is half an hour old."""
    turns = Turns(ConfigId(7), 3_600_000)
    due = next_slot(turns.config, 3_600_000, START)
    assert turns.serves(due, due + KEPT_FOR_MS)
    assert not turns.serves(due, due + KEPT_FOR_MS + 1)
