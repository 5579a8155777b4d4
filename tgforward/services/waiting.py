"""Messages that are forwarded some time after they were written."""

from datetime import datetime, timedelta

from tgforward.forwarding.albums import Unit, group_albums


def split_due(messages: Unit, now: datetime, delay: timedelta) -> tuple[Unit, Unit]:
    """Those that have waited for their delay, and the rest from the first one on; an album goes by its last member.

    Without a delay nothing waits, also where this machine's clock is behind Telegram's.
    """
    if not delay:
        return messages, ()
    written_before = now - delay
    border = next((index for index, message in enumerate(messages) if message.date > written_before), len(messages))
    while 0 < border < len(messages) and _belong_together(messages, border):
        border -= 1
    return messages[:border], messages[border:]


def written_at(messages: Unit) -> datetime:
    """When the first message was written, or the last member of its album."""
    return max(message.date for message in group_albums(messages)[0])


def _belong_together(messages: Unit, border: int) -> bool:
    left, right = messages[border - 1].grouped_id, messages[border].grouped_id
    return left is not None and left == right
