"""The timing wheel."""

from tgforward.services.wheel import TICK_MS, Wheel
from tgforward.types import ConfigId

HOUR_MS = 3_600_000


def test_each_comes_out_once_at_its_moment() -> None:
    """Not a tick before, and never again."""
    wheel = Wheel()
    wheel.pop_until(0)
    for number in range(1, 101):
        wheel.put(ConfigId(number), number * 1000)
    assert wheel.pop_until(1000 - TICK_MS) == []
    assert [wheel.pop_until(second * 1000) for second in range(1, 101)] == [[number] for number in range(1, 101)]
    assert wheel.pop_until(HOUR_MS) == []


def test_after_a_jump_everything_comes_in_order_of_time() -> None:
    """Also when the clock has passed a hundred million empty ticks."""
    wheel = Wheel()
    wheel.put(ConfigId(2), 2 * HOUR_MS)
    wheel.put(ConfigId(1), HOUR_MS)
    wheel.put(ConfigId(3), 2_000_000 * HOUR_MS)
    assert wheel.pop_until(1_500_000 * HOUR_MS) == [1, 2]
    assert wheel.pop_until(2_000_000 * HOUR_MS) == [3]


def test_what_is_put_in_too_late_comes_next() -> None:
    """A moment that has passed is never waited for."""
    wheel = Wheel()
    wheel.pop_until(HOUR_MS)
    wheel.put(ConfigId(1), 1000)
    assert wheel.pop_until(HOUR_MS + TICK_MS) == [1]
