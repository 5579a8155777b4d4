"""Statements about the ledger; the caller's transaction commits them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Update, case, delete, func, literal, select, update

from tgforward.db.base import REASON_LENGTH
from tgforward.db.batches import batches
from tgforward.db.clock import UtcDateTime, utc_now
from tgforward.db.configs import mark_edited
from tgforward.db.given import update_given
from tgforward.db.models import Delivery, DeliveryState, TGForwardConfig
from tgforward.db.pruning import prune_matching
from tgforward.db.session import Session
from tgforward.db.statements import execute
from tgforward.forwarding.identity import PIECES, REVISIONS, part_of
from tgforward.types import ChatId, ConfigId, MessageId

_COPY = {"delivery": "BIGINT", "copy": "BIGINT"}
_SENT = "state = 'sent', settled_at = NOW, dest_message_id = given.copy"
# COALESCE hides the state from SQLite's planner, which would look through all that is reserved once for each row.
_IS_RESERVED = "delivery.id = given.delivery AND COALESCE(delivery.state, '') = 'reserved'"
_IS_DEAD = Delivery.state == DeliveryState.DEAD
_IS_SENT = Delivery.state == DeliveryState.SENT


async def list_deliveries(
    session: Session,
    state: DeliveryState,
    *,
    config_id: ConfigId | None = None,
    user_id: str | None = None,
    after: int | None = None,
    limit: int | None = 1000,
) -> Sequence[Delivery]:
    """Deliveries in one state, of one config, one user's or all, by id; `limit` of those after `after`."""
    query = select(Delivery).where(Delivery.state == state).order_by(Delivery.id).limit(limit)
    if config_id is not None:
        query = query.where(Delivery.config_id == config_id)
    if user_id is not None:
        owned = select(TGForwardConfig.id).where(TGForwardConfig.user_id == user_id)
        query = query.where(Delivery.config_id.in_(owned))
    if after is not None:
        query = query.where(Delivery.id > after)
    return (await session.scalars(query)).all()


async def list_begun(session: Session, config_ids: Collection[ConfigId]) -> dict[ConfigId, list[Delivery]]:
    """Reserved deliveries of each config that has any, in the order they were reserved."""
    found: dict[ConfigId, list[Delivery]] = {}
    for some in batches(config_ids):
        begun = select(Delivery).where(Delivery.state == DeliveryState.RESERVED, Delivery.config_id.in_(some))
        for row in await session.scalars(begun.order_by(Delivery.id)):
            found.setdefault(row.config_id, []).append(row)
    return found


async def load_sent(
    session: Session,
    config_id: ConfigId,
    source_chat_id: ChatId,
    message_ids: Collection[MessageId],
    *,
    dest_number: int,
) -> list[Delivery]:
    """Everything that was sent to one dest for some messages, in any order; what was withdrawn is left out."""
    rows: list[Delivery] = []
    chat = (Delivery.config_id == config_id, Delivery.source_chat_id == source_chat_id)
    for some in batches(message_ids):
        query = select(Delivery).where(*chat, Delivery.source_message_id.in_(some), _of_dest(dest_number), _IS_SENT)
        rows += await session.scalars(query, execution_options={"populate_existing": True})
    return rows


async def list_copies(session: Session, config_id: ConfigId, dest_chat_id: ChatId, since: datetime) -> set[MessageId]:
    """The messages of a dest that the ledger knows as copies which a config has sent there lately."""
    sent = (Delivery.config_id == config_id, Delivery.settled_at >= since, Delivery.dest_chat_id == dest_chat_id)
    found = await session.scalars(select(Delivery.dest_message_id).where(*sent))
    return {message_id for message_id in found if message_id is not None}


async def list_recent(
    session: Session,
    config_id: ConfigId,
    *,
    dest_number: int,
    since: datetime,
    after_message: MessageId,
    limit: int,
) -> list[Delivery]:
    """What one dest was sent since a moment, each message's first version without its further pieces.

    By source message, those after `after_message`; only of the chat that is the config's source now.
    """
    recent = (Delivery.config_id == config_id, Delivery.settled_at >= since)
    first = await session.scalar(select(func.min(Delivery.source_message_id)).where(*recent))
    if first is None:
        return []
    source = select(TGForwardConfig.source).where(TGForwardConfig.id == config_id).scalar_subquery()
    begin = max(first, after_message + 1)  # without `first` MariaDB reads all that is older: 360 ms for 200,000 rows
    query = (
        select(Delivery)
        .where(*recent, Delivery.source_chat_id == source, Delivery.part == part_of(dest_number), _IS_SENT)
        .where(Delivery.source_message_id >= begin)
        .order_by(Delivery.source_message_id)
        .limit(limit)
    )
    return list(await session.scalars(query, execution_options={"populate_existing": True}))


async def load_hashes(
    session: Session, config_id: ConfigId, hashes: Collection[int], *, dest_number: int, since: datetime
) -> dict[int, MessageId]:
    """The first source message per content hash that was reserved for one dest since a moment, and not given up."""
    found: dict[int, MessageId] = {}
    lasting = Delivery.state.in_((DeliveryState.RESERVED, DeliveryState.SENT))
    recent = (Delivery.config_id == config_id, _of_dest(dest_number), lasting, Delivery.created_at >= since)
    for some in batches(hashes):
        query = select(Delivery.content_hash, func.min(Delivery.source_message_id))
        query = query.where(*recent, Delivery.content_hash.in_(some)).group_by(Delivery.content_hash)
        rows = await session.execute(query)
        found |= {content_hash: first for content_hash, first in rows if content_hash is not None}
    return found


async def load_dead(
    session: Session, delivery_ids: Collection[int], *, user_id: str | None = None
) -> dict[int, Delivery]:
    """Those of the deliveries that are dead, by id; of one user's configs if that is given."""
    owned = select(TGForwardConfig.id).where(TGForwardConfig.user_id == user_id)
    seen = [] if user_id is None else [Delivery.config_id.in_(owned)]
    rows: dict[int, Delivery] = {}
    for some in batches(delivery_ids):
        found = await session.scalars(select(Delivery).where(Delivery.id.in_(some), _IS_DEAD, *seen))
        rows |= {row.id: row for row in found}
    return rows


async def revive(session: Session, config_id: ConfigId, delivery_ids: Collection[int]) -> int:
    """Makes dead deliveries of a config reserved again, with their `random_id` and account; how many it found dead.

    Workers are told by the config's version, since the cursor stands behind these messages.
    """
    begun_anew = {"attempts": 0, "created_at": utc_now(), "reason": None, "settled_at": None}
    values = {"state": DeliveryState.RESERVED, **begun_anew}
    statements = [update(Delivery).where(Delivery.id.in_(some), _IS_DEAD) for some in batches(delivery_ids)]
    await execute(session, mark_edited(config_id))
    return sum([await execute(session, statement.values(values)) for statement in statements])


async def remove_dead(session: Session, delivery_ids: Collection[int]) -> int:
    """Forgets dead deliveries, which then cannot be sent again; how many there were."""
    statements = [delete(Delivery).where(Delivery.id.in_(some), _IS_DEAD) for some in batches(delivery_ids)]
    return sum([await execute(session, statement) for statement in statements])


async def count_dead(session: Session, config_ids: Collection[ConfigId]) -> dict[ConfigId, int]:
    """How many dead deliveries each of the configs has; those without any are left out."""
    found: dict[ConfigId, int] = {}
    for some in batches(config_ids):
        query = select(Delivery.config_id, func.count()).where(_IS_DEAD, Delivery.config_id.in_(some))
        rows = await session.execute(query.group_by(Delivery.config_id))
        found |= {config_id: number for config_id, number in rows}  # noqa: C416 - rows are not pairs to mypy
    return found


async def settle(session: Session, dest_message_ids: Mapping[int, MessageId | None]) -> int:
    """Marks reserved deliveries (by id) as sent and notes what they became, if that is known; how many it marked."""
    if not dest_message_ids:
        return 0
    rows = sorted(dest_message_ids.items())
    return await update_given(session, "delivery", _COPY, rows, change=_SENT, where=_IS_RESERVED)


async def mark_dead(session: Session, delivery_ids: Collection[int], reason: str) -> int:
    """Gives up reserved deliveries for a reason; how many there were."""
    values = {"state": DeliveryState.DEAD, "reason": reason[:REASON_LENGTH], "settled_at": utc_now()}
    return await execute(session, _reserved(delivery_ids).values(values))


async def mark_each_dead(session: Session, reasons: Mapping[int, str]) -> None:
    """Gives up reserved deliveries (by id), each for a reason of its own."""
    for delivery_id, reason in sorted(reasons.items()):  # rare: Telegram refused them
        await mark_dead(session, [delivery_id], reason)


async def note_edited(session: Session, edited_at: Mapping[int, datetime]) -> int:
    """Notes which edit of its source each delivery (by id) shows now; how many there are."""
    found = 0
    for some in batches(edited_at, variables=3):
        shown = case({number: literal(edited_at[number], UtcDateTime()) for number in some}, value=Delivery.id)
        statement = update(Delivery).where(Delivery.id.in_(some))
        found += await execute(session, statement.values(source_edited_at=shown))
    return found


async def mark_withdrawn(session: Session, delivery_ids: Collection[int]) -> int:
    """Notes that what was sent is deleted in the dest, as its source is; how many were standing there."""
    statements = [update(Delivery).where(Delivery.id.in_(some), _IS_SENT) for some in batches(delivery_ids)]
    return sum([await execute(session, statement.values(state=DeliveryState.WITHDRAWN)) for statement in statements])


async def prune_deliveries(session: Session, before: datetime) -> int:
    """Removes some of what was sent or withdrawn before a moment; how many, and 0 if none is left.

    What is dead stays for people to see. What is forgotten is not edited, deleted or answered any more.
    """
    over = Delivery.state.in_((DeliveryState.SENT, DeliveryState.WITHDRAWN))
    return await prune_matching(session, Delivery.id, over, Delivery.settled_at < before)


def _of_dest(number: int) -> ColumnElement[bool]:
    return Delivery.part.between(part_of(number), part_of(number, revision=REVISIONS - 1, piece=PIECES - 1))


def _reserved(delivery_ids: Collection[int]) -> Update:
    return update(Delivery).where(Delivery.id.in_(delivery_ids), Delivery.state == DeliveryState.RESERVED)
