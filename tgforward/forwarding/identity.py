"""Numbers that are the same in every process and after every restart."""

from hashlib import blake2b

from tgforward.types import ChatId, ConfigId, MessageId, RandomId


def hash64(*parts: int | str) -> int:
    """A signed 64-bit number from the parts, never 0; the same on every machine and Python version."""
    digest = blake2b(ascii(parts).encode("ascii"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True) or 1


def random_id(config: ConfigId, epoch: int, chat: ChatId, message: MessageId, part: int = 0) -> RandomId:
    """The number under which Telegram stores this send; a repeated one returns the first one's messages.

    `epoch` rises when a config is to send its messages once more; `part` tells apart what one message became.
    """
    return RandomId(hash64(config, epoch, chat, message, part))


PIECES = 10
"""Messages that one message may become at most, its too long text in further ones."""
REVISIONS = 100
"""Versions of one message that may be sent anew at most."""
DESTS = 32
"""Dests of a config at most: a part is a 16-bit number."""


def part_of(dest_number: int, *, revision: int = 0, piece: int = 0) -> int:
    """The `part` of a delivery: to which dest of the config, which version of the message, which piece of that."""
    assert dest_number < DESTS
    assert revision < REVISIONS
    assert piece < PIECES
    return (dest_number * REVISIONS + revision) * PIECES + piece


def dest_number_of(part: int) -> int:
    """The dest of a part."""
    return part // (REVISIONS * PIECES)


def revision_of(part: int) -> int:
    """The version of a part; 0 is the first."""
    return part // PIECES % REVISIONS


def piece_of(part: int) -> int:
    """The piece of a part; 0 is the message itself."""
    return part % PIECES
