import pytest

from tgforward.errors import InvalidInput
from tgforward.forwarding.config import check_history_count, check_interval, check_zone


@pytest.mark.parametrize("seconds", [1, 20, 86_400])
def test_an_interval_may_be_one_second_or_more(seconds: int) -> None:
    """A possible interval comes back."""
    assert check_interval(seconds) == seconds


@pytest.mark.parametrize("seconds", [0, -1, 2**31])
def test_a_wrong_interval_is_named(seconds: int) -> None:
    """The sentence holds the column and the value."""
    with pytest.raises(InvalidInput, match=f"^interval_second is {seconds}: "):
        check_interval(seconds)


@pytest.mark.parametrize("count", [-1, 0, 1, 100_000])
def test_a_history_count_may_be_all_none_or_a_number(count: int) -> None:
    """A possible count comes back."""
    assert check_history_count(count) == count


@pytest.mark.parametrize("count", [-2, -100, 2**31])
def test_a_wrong_history_count_is_named(count: int) -> None:
    """The sentence holds the column and the value."""
    with pytest.raises(InvalidInput, match=f"^forward_history_count is {count}: "):
        check_history_count(count)


def test_a_zone_is_found_by_its_name() -> None:
    """A name of the time zone database is a zone."""
    assert check_zone("Europe/Berlin").key == "Europe/Berlin"


@pytest.mark.parametrize("name", ["Mars/Base", "", "../etc/passwd", "Asia", "a\0b"])
def test_an_unknown_zone_is_named(name: str) -> None:
    """Neither an unknown name nor a path is a zone."""
    with pytest.raises(InvalidInput, match="is not a time zone: give a name such as Asia/Shanghai"):
        check_zone(name)
