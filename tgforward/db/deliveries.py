"""Statements about the ledger; the caller's transaction commits them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Update, case, delete, func, literal, select, tuple_, update

from tgforward.db.base import REASON_LENGTH
from tgforward.db.batches import batches
from tgforward.db.clock import UtcDateTime, utc_now
from tgforward.db.configs import mark_edited
from tgforward.db.models import Delivery, DeliveryState, TGForwardConfig
from tgforward.db.session import Session
from tgforward.db.statements import execute
from tgforward.db.upsert import upsert
from tgforward.forwarding.identity import PIECES, REVISIONS, part_of
from tgforward.types import AccountId, ChatId, ConfigId, MessageId, RandomId

_IS_DEAD = Delivery.state == DeliveryState.DEAD
_IS_SENT = Delivery.state == DeliveryState.SENT


class SourceKey(NamedTuple):
    """Which message, or which part of it, a delivery of a config carries."""

    source_chat_id: ChatId
    source_message_id: MessageId
    part: int = 0


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """A delivery that is about to be sent."""

    source_chat_id: ChatId
    source_message_id: MessageId
    part: int
    random_id: RandomId
    dest_chat_id: ChatId
    source_edited_at: datetime | None = None
    """When the version that is sent was edited, if it was."""
    content_hash: int | None = None
    fingerprint: int | None = None
    """By which a message of the same content is recognised, if the config asks for that."""

    @property
    def key(self) -> SourceKey:
        """What it carries."""
        return SourceKey(self.source_chat_id, self.source_message_id, self.part)


async def reserve(
    session: Session, config_id: ConfigId, account_id: AccountId, deliveries: Sequence[NewDelivery]
) -> dict[SourceKey, Delivery]:
    """Notes the intent to send, and returns what the ledger now says of each message.

    A message reserved before keeps its `random_id`, dest, account and what was noted of its source, and counts one more
    attempt; one that is settled stays so. Whoever sends goes by the returned rows.
    """
    fixed = {"config_id": config_id, "account_id": account_id, "state": DeliveryState.RESERVED, "attempts": 1}
    again = Delivery.attempts + case((Delivery.state == DeliveryState.RESERVED, 1), else_=0)
    key = ("config_id", *SourceKey._fields)
    rows = [{**fixed, **asdict(delivery)} for delivery in deliveries]
    for some in batches(rows, variables=len(Delivery.__table__.columns)):
        await session.execute(upsert(session, Delivery, some, key=key, changes=lambda _new: {"attempts": again}))
    return await load_deliveries(session, config_id, [delivery.key for delivery in deliveries])


async def load_deliveries(
    session: Session, config_id: ConfigId, keys: Collection[SourceKey]
) -> dict[SourceKey, Delivery]:
    """What the ledger says of some messages of a config; unknown ones are left out."""
    key = tuple_(Delivery.source_chat_id, Delivery.source_message_id, Delivery.part)
    rows: list[Delivery] = []
    for some in batches(keys, variables=len(SourceKey._fields)):
        query = select(Delivery).where(Delivery.config_id == config_id, key.in_(some))
        rows += await session.scalars(query, execution_options={"populate_existing": True})
    return {SourceKey(row.source_chat_id, row.source_message_id, row.part): row for row in rows}


async def list_deliveries(
    session: Session, state: DeliveryState, *, config_id: ConfigId | None = None, limit: int | None = 1000
) -> Sequence[Delivery]:
    """Deliveries in one state, of one config or all, in the order they were reserved; at most `limit`."""
    query = select(Delivery).where(Delivery.state == state).order_by(Delivery.id).limit(limit)
    if config_id is not None:
        query = query.where(Delivery.config_id == config_id)
    return (await session.scalars(query)).all()


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


async def load_dead(session: Session, delivery_ids: Collection[int]) -> dict[int, Delivery]:
    """Those of the deliveries that are dead, by id."""
    rows: dict[int, Delivery] = {}
    for some in batches(delivery_ids):
        found = await session.scalars(select(Delivery).where(Delivery.id.in_(some), _IS_DEAD))
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


async def count_dead(session: Session) -> dict[ConfigId, int]:
    """How many dead deliveries each config has; those without any are left out."""
    query = select(Delivery.config_id, func.count()).where(_IS_DEAD)
    return {config_id: number for config_id, number in await session.execute(query.group_by(Delivery.config_id))}  # noqa: C416 - rows are not pairs to mypy


async def settle(session: Session, dest_message_ids: Mapping[int, MessageId | None]) -> int:
    """Marks reserved deliveries (by id) as sent and notes what they became, if that is known; how many it marked."""
    if not dest_message_ids:
        return 0
    known = {delivery_id: dest for delivery_id, dest in dest_message_ids.items() if dest is not None}
    values: dict[str, Any] = {"state": DeliveryState.SENT, "settled_at": utc_now()}
    if known:
        values["dest_message_id"] = case(known, value=Delivery.id)
    return await execute(session, _reserved(dest_message_ids).values(values))


async def mark_dead(session: Session, delivery_ids: Collection[int], reason: str) -> int:
    """Gives up reserved deliveries for a reason; how many there were."""
    values = {"state": DeliveryState.DEAD, "reason": reason[:REASON_LENGTH], "settled_at": utc_now()}
    return await execute(session, _reserved(delivery_ids).values(values))


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


def _of_dest(number: int) -> ColumnElement[bool]:
    return Delivery.part.between(part_of(number), part_of(number, revision=REVISIONS - 1, piece=PIECES - 1))


def _reserved(delivery_ids: Collection[int]) -> Update:
    return update(Delivery).where(Delivery.id.in_(delivery_ids), Delivery.state == DeliveryState.RESERVED)
