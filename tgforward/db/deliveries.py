"""Statements about the ledger; the caller's transaction commits them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from sqlalchemy import Update, case, delete, func, select, tuple_, update

from tgforward.db.base import REASON_LENGTH
from tgforward.db.clock import utc_now
from tgforward.db.configs import mark_edited
from tgforward.db.models import Delivery, DeliveryState
from tgforward.db.session import Session
from tgforward.db.statements import execute
from tgforward.db.upsert import upsert
from tgforward.types import AccountId, ChatId, ConfigId, MessageId, RandomId

BATCH = 900
"""Numbers in one statement; some builds of SQLite take no more than 999 variables."""
_IS_DEAD = Delivery.state == DeliveryState.DEAD


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

    @property
    def key(self) -> SourceKey:
        """What it carries."""
        return SourceKey(self.source_chat_id, self.source_message_id, self.part)


async def reserve(
    session: Session, config_id: ConfigId, account_id: AccountId, deliveries: Sequence[NewDelivery]
) -> dict[SourceKey, Delivery]:
    """Notes the intent to send, and returns what the ledger now says of each message.

    A message reserved before keeps its `random_id`, dest and account, and counts one more attempt; one that is sent or
    dead stays so. Whoever sends goes by the returned rows.
    """
    if not deliveries:
        return {}
    fixed = {"config_id": config_id, "account_id": account_id, "state": DeliveryState.RESERVED, "attempts": 1}
    again = Delivery.attempts + case((Delivery.state == DeliveryState.RESERVED, 1), else_=0)
    statement = upsert(
        session,
        Delivery,
        [{**fixed, **asdict(delivery)} for delivery in deliveries],
        key=("config_id", *SourceKey._fields),
        changes=lambda _new: {"attempts": again},
    )
    await session.execute(statement)
    return await load_deliveries(session, config_id, [delivery.key for delivery in deliveries])


async def load_deliveries(
    session: Session, config_id: ConfigId, keys: Collection[SourceKey]
) -> dict[SourceKey, Delivery]:
    """What the ledger says of some messages of a config; unknown ones are left out."""
    key = tuple_(Delivery.source_chat_id, Delivery.source_message_id, Delivery.part)
    query = select(Delivery).where(Delivery.config_id == config_id, key.in_(keys))
    found = await session.scalars(query, execution_options={"populate_existing": True})
    return {SourceKey(row.source_chat_id, row.source_message_id, row.part): row for row in found}


async def list_deliveries(
    session: Session, state: DeliveryState, *, config_id: ConfigId | None = None, limit: int | None = 1000
) -> Sequence[Delivery]:
    """Deliveries in one state, of one config or all, in the order they were reserved; at most `limit`."""
    query = select(Delivery).where(Delivery.state == state).order_by(Delivery.id).limit(limit)
    if config_id is not None:
        query = query.where(Delivery.config_id == config_id)
    return (await session.scalars(query)).all()


async def load_dead(session: Session, delivery_ids: Collection[int]) -> dict[int, Delivery]:
    """Those of the deliveries that are dead, by id."""
    rows: dict[int, Delivery] = {}
    for some in _batches(delivery_ids):
        found = await session.scalars(select(Delivery).where(Delivery.id.in_(some), _IS_DEAD))
        rows |= {row.id: row for row in found}
    return rows


async def revive(session: Session, config_id: ConfigId, delivery_ids: Collection[int]) -> int:
    """Makes dead deliveries of a config reserved again, with their `random_id` and account; how many it found dead.

    Workers are told by the config's version, since the cursor stands behind these messages.
    """
    begun_anew = {"attempts": 0, "created_at": utc_now(), "reason": None, "settled_at": None}
    values = {"state": DeliveryState.RESERVED, **begun_anew}
    statements = [update(Delivery).where(Delivery.id.in_(some), _IS_DEAD) for some in _batches(delivery_ids)]
    await execute(session, mark_edited(config_id))
    return sum([await execute(session, statement.values(values)) for statement in statements])


async def remove_dead(session: Session, delivery_ids: Collection[int]) -> int:
    """Forgets dead deliveries, which then cannot be sent again; how many there were."""
    statements = [delete(Delivery).where(Delivery.id.in_(some), _IS_DEAD) for some in _batches(delivery_ids)]
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


def _batches(ids: Collection[int]) -> Iterator[list[int]]:
    rest = sorted(ids)
    while rest:
        yield rest[:BATCH]
        rest = rest[BATCH:]


def _reserved(delivery_ids: Collection[int]) -> Update:
    return update(Delivery).where(Delivery.id.in_(delivery_ids), Delivery.state == DeliveryState.RESERVED)
