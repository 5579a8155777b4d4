"""Step 5 of a run: the intent is written down before the act."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from tgforward.db.models import DeliveryState
from tgforward.db.reservations import NewDelivery, Reserved, SourceKey, ToReserve
from tgforward.forwarding.identity import piece_of
from tgforward.forwarding.plan import Delivery, Plan
from tgforward.services.lane import Lane
from tgforward.services.route import Attempt
from tgforward.services.snapshot import ConfigSnapshot
from tgforward.services.traced import traced
from tgforward.telegram.searching import fingerprint_of
from tgforward.types import ChatId, MessageId, RandomId


@dataclass(frozen=True, slots=True)
class Reservation:
    """The ledger's rows of one run."""

    ids: Mapping[RandomId, int]
    settled: frozenset[tuple[MessageId, int]]
    """Messages and parts that an earlier run sent or gave up; they must not be sent again."""
    copies: Mapping[MessageId, MessageId]
    """What those became that were sent."""
    attempts: Mapping[RandomId, Attempt]


@traced("reserve")
async def reserve(lane: Lane, config: ConfigSnapshot, plan: Plan) -> Reservation:
    """Write down what is about to be sent; what was settled earlier comes back and must not be sent again."""
    rows = [_new_delivery(config, item) for step in plan.steps for item in step.deliveries]
    known = await lane.deps.committer.reserve(ToReserve(config.id, lane.account_id, rows)) if rows else {}
    return _reservation(known.values(), config.dest.chat_id)


def _reservation(rows: Collection[Reserved], dest: ChatId) -> Reservation:
    here = [row for row in rows if row.dest_chat_id == dest]  # the config may have had another dest before
    sent = [row for row in here if row.state is DeliveryState.SENT and row.dest_message_id is not None]
    return Reservation(
        ids={row.random_id: row.id for row in rows},
        settled=frozenset((row.source_message_id, row.part) for row in rows if row.state is not DeliveryState.RESERVED),
        copies={row.source_message_id: MessageId(row.dest_message_id or 0) for row in sent if piece_of(row.part) == 0},
        attempts={row.random_id: Attempt(row.attempts, row.created_at) for row in rows},
    )


def _new_delivery(config: ConfigSnapshot, item: Delivery) -> NewDelivery:
    key = SourceKey(item.message.chat_id, item.message.id, item.part)
    return NewDelivery(
        *key,
        item.random_id,
        config.dest.chat_id,
        source_edited_at=item.message.edited_at,
        content_hash=item.content_hash,
        fingerprint=fingerprint_of(item),
    )
