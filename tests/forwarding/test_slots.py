from hypothesis import given
from hypothesis import strategies as st

from tgforward.forwarding.slots import next_slot, phase, slot
from tgforward.types import ConfigId

configs = st.integers(1, 2**31).map(ConfigId)
intervals_ms = st.integers(1, 86_400_000)
times_ms = st.integers(0, 2**45)


@given(configs, intervals_ms, times_ms)
def test_a_slot_is_the_latest_one_that_is_due(config: ConfigId, interval_ms: int, at_ms: int) -> None:
    """Slots lie one interval apart; the current one is past, the next one is not."""
    due = slot(config, interval_ms, at_ms)
    assert due <= at_ms < next_slot(config, interval_ms, at_ms) == due + interval_ms
    assert (due - phase(config, interval_ms)) % interval_ms == 0


@given(configs, intervals_ms, times_ms)
def test_a_slot_is_its_own_slot(config: ConfigId, interval_ms: int, at_ms: int) -> None:
    """Asking at the very millisecond of a slot returns that slot."""
    due = slot(config, interval_ms, at_ms)
    assert slot(config, interval_ms, due) == due
    assert slot(config, interval_ms, due - 1) == due - interval_ms


def test_configs_of_one_interval_are_spread_evenly() -> None:
    """Of 20,000 configs with 20 s each second gets its share."""
    seconds = [0] * 20
    for config in range(1, 20_001):
        seconds[phase(ConfigId(config), 20_000) // 1000] += 1
    assert min(seconds) > 850
    assert max(seconds) < 1150
