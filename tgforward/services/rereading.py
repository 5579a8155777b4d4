"""What was forwarded lately, read once more: for sources whose changes nobody counts, or counted too long ago."""

from datetime import timedelta

from tgforward.db.deliveries import list_recent
from tgforward.db.models import Delivery
from tgforward.db.session import reading
from tgforward.forwarding.outcomes import Continue, Done, Outcome
from tgforward.services.carrying import carry_over
from tgforward.services.lane import Lane, Reread
from tgforward.services.snapshot import ConfigSnapshot
from tgforward.telegram.reading import fetch_messages
from tgforward.types import MessageId

EVERY = timedelta(minutes=5)
PAGE = 100  # messages in one look-up: core.telegram.org/method/channels.getMessages
_BEGIN = MessageId(0)


async def reread(lane: Lane, config: ConfigSnapshot, pts: int | None) -> Outcome:
    """One page of a look through the ledger; at once if the changes up to `pts` were missed, else every few minutes."""
    key, now = (config.id, config.dest_number), lane.deps.clock.monotonic()
    look = lane.rereads.get(key)
    if look is None or not look.is_going_on:
        if pts is None and look is not None and now < look.next_at:
            return Done()
        look = Reread(_BEGIN, pts, is_going_on=True)
    rows = await _load_page(lane, config, look.after)
    await _compare(lane, config, rows)
    if len(rows) < PAGE:
        lane.rereads[key] = Reread(_BEGIN, look.pts, is_going_on=False, next_at=now + EVERY.total_seconds())
        return Done()
    lane.rereads[key] = Reread(MessageId(rows[-1].source_message_id), look.pts, is_going_on=True)
    return Continue()


async def _load_page(lane: Lane, config: ConfigSnapshot, after: MessageId) -> list[Delivery]:
    since = lane.deps.clock.now() - config.follow.within
    async with reading(lane.deps.session_factory) as session:
        return await list_recent(
            session, config.id, dest_number=config.dest_number, since=since, after_message=after, limit=PAGE
        )


async def _compare(lane: Lane, config: ConfigSnapshot, rows: list[Delivery]) -> None:
    if not rows:
        return
    lane.reads.enter(("reread", config.id, config.dest_number))
    ids = [MessageId(row.source_message_id) for row in rows]
    found = await fetch_messages(await lane.connection(), config.source, ids)
    before = {row.source_message_id: row.source_edited_at for row in rows}
    edited = [message for message in found if message.edited_at is not None and message.edited_at != before[message.id]]
    await carry_over(lane, config, edited, set(ids) - {message.id for message in found}, set())
