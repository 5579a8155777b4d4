"""What one run does with the database, by the services that do it in a worker; Telegram is left out."""

from datetime import UTC, datetime

from benchmarks.settle.scene import SOURCE
from tgforward.forwarding.message import FormattedText, SourceMessage
from tgforward.services.delivering import Report
from tgforward.services.lane import Lane
from tgforward.services.loading import load_branches
from tgforward.services.planning import Prior, plan_messages
from tgforward.services.reserving import Reservation, reserve
from tgforward.services.settling import Settlement, settle
from tgforward.types import ConfigId, MessageId

VERSION = 1  # of every config: whoever knows it need not load it again
POSTED = datetime(2026, 1, 1, tzinfo=UTC)


async def keep_books(lane: Lane, config_id: ConfigId, first: MessageId, messages: int) -> None:
    """Load the config, reserve the deliveries of its next messages, and settle them as sent."""
    (config,) = await load_branches(lane, config_id, VERSION)
    clock, prior = lane.deps.clock, Prior()
    started_at, started = clock.now(), clock.monotonic()
    plan = plan_messages(config, [_message(MessageId(first + number)) for number in range(messages)], prior)
    reservation = await reserve(lane, config, plan)
    report = _answered(reservation, first, messages)
    piece = config.next_piece()
    await settle(lane, Settlement(config, piece, plan, prior, reservation, report, started_at, started, None))


def _message(message_id: MessageId) -> SourceMessage:
    return SourceMessage(id=message_id, chat_id=SOURCE, date=POSTED, content=FormattedText("news"))


def _answered(reservation: Reservation, first: MessageId, messages: int) -> Report:
    """As if Telegram had stored all of them."""
    sent = {random_id: MessageId(first + number) for number, random_id in enumerate(reservation.ids)}
    arrived = {MessageId(first + number) for number in range(messages)}
    return Report(cursor=MessageId(first + messages - 1), sent=dict(sent), arrived=arrived)
