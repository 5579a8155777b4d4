from hypothesis import given
from hypothesis import strategies as st

from tgforward.forwarding.identity import (
    DESTS,
    PIECES,
    REVISIONS,
    dest_number_of,
    hash64,
    part_of,
    piece_of,
    random_id,
    revision_of,
)
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


@given(st.integers(0, DESTS - 1), st.integers(0, REVISIONS - 1), st.integers(0, PIECES - 1))
def test_a_part_tells_dest_version_and_piece(dest: int, revision: int, piece: int) -> None:
    """It fits into 16 bits; the first version at the config's own dest is 0, as it always was."""
    part = part_of(dest, revision=revision, piece=piece)
    assert (dest_number_of(part), revision_of(part), piece_of(part)) == (dest, revision, piece)
    assert 0 <= part < 2**15
    assert part_of(0) == 0
