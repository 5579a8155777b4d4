"""By what a copy is recognised when nobody can say under which id it arrived."""

from tgforward.forwarding.identity import hash64


def fingerprint(text: str, media_id: int | None) -> int:
    """A signed 64-bit number of what a message shows: its text, trimmed as Telegram stores it, and its media."""
    return hash64("shown", text.strip(), media_id or 0)
