from hypothesis import given
from hypothesis import strategies as st

from tgforward.forwarding.identity import hash64, random_id
from tgforward.types import ChatId, ConfigId, MessageId

CHAT = ChatId(-1001234567890)


def test_the_numbers_never_change() -> None:
    """What was sent under a number in an earlier version is found under it in this one."""
    assert hash64(1) == 4244698874372295727
    assert random_id(ConfigId(1), 0, CHAT, MessageId(7)) == -4784995380710619743


@given(st.lists(st.one_of(st.integers(), st.text()), max_size=4))
def test_a_hash_is_a_signed_64_bit_number_and_never_zero(parts: list[int | str]) -> None:
    """Telegram takes any such number as a random_id."""
    value = hash64(*parts)
    assert value != 0
    assert -(2**63) <= value < 2**63


def test_every_part_of_an_identity_counts() -> None:
    """Another config, epoch, chat, message or part is another number."""
    numbers = {
        random_id(ConfigId(config), epoch, ChatId(chat), MessageId(message), part)
        for config in (1, 2, 12)
        for epoch in (0, 1)
        for chat in (CHAT, 1, 12)
        for message in (1, 2, 21)
        for part in (0, 1)
    }
    assert len(numbers) == 3 * 2 * 3 * 3 * 2
