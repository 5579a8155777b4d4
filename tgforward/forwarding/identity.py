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
