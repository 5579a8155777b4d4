"""The intent to send, written down before the act; the caller's transaction commits it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, text

from tgforward.db.clock import UtcDateTime
from tgforward.db.given import select_given
from tgforward.db.models import Delivery, DeliveryState
from tgforward.db.returning import insert_returning, read_moment
from tgforward.db.session import Session
from tgforward.types import AccountId, ChatId, ConfigId, MessageId, RandomId


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


@dataclass(frozen=True, slots=True)
class ToReserve:
    """What one run of a config is about to send."""

    config_id: ConfigId
    account_id: AccountId
    deliveries: Sequence[NewDelivery]


class Reserved(NamedTuple):
    """What the ledger says of a delivery once it is reserved."""

    id: int
    config_id: ConfigId
    source_chat_id: ChatId
    source_message_id: MessageId
    part: int
    random_id: RandomId
    state: DeliveryState
    dest_chat_id: ChatId
    dest_message_id: MessageId | None
    account_id: AccountId | None
    attempts: int
    created_at: datetime

    @property
    def key(self) -> SourceKey:
        """What it carries."""
        return SourceKey(self.source_chat_id, self.source_message_id, self.part)


Ledger = Mapping[SourceKey, Reserved]

_KEY = ("config_id", *SourceKey._fields)
_NEW = tuple(field.name for field in fields(NewDelivery))
_COLUMNS = tuple(getattr(Delivery, name) for name in Reserved._fields)
_GIVEN = {"config": "INT", "chat": "BIGINT", "message": "BIGINT", "source_part": "INT"}
_IS_GIVEN = (
    "delivery.config_id = given.config AND delivery.source_chat_id = given.chat"
    " AND delivery.source_message_id = given.message AND delivery.part = given.source_part"
)
_INSERTED = ("config_id", "account_id", "state", "attempts", *_NEW)
_AGAIN = "attempts = delivery.attempts + (delivery.state = 'reserved')"
_ON_CONFLICT = f"ON CONFLICT ({', '.join(_KEY)}) DO UPDATE SET {_AGAIN}"
_UPSERT = text(  # as text: the driver sends many rows as one statement only if nothing but the values stands between
    f"INSERT INTO delivery ({', '.join(_INSERTED)}) VALUES ({', '.join(f':{name}' for name in _INSERTED)})"  # noqa: S608 - constants of ours
    f" ON DUPLICATE KEY UPDATE {_AGAIN}"
).bindparams(bindparam("source_edited_at", type_=UtcDateTime()))


async def reserve(session: Session, runs: Sequence[ToReserve]) -> list[Ledger]:
    """Notes the intent to send, and returns what the ledger now says of each message, for each run in their order.

    A message reserved before keeps its `random_id`, dest, account and what was noted of its source, and counts one more
    attempt; one that is settled stays so. Whoever sends goes by the returned rows.
    """
    rows = [_row(run, delivery) for run in runs for delivery in run.deliveries]
    if not rows:
        return [{} for _ in runs]
    rows.sort(key=_place)  # all transactions lock in one order
    found = await _write(session, rows)
    ledgers: dict[ConfigId, dict[SourceKey, Reserved]] = {}
    for reserved in found:
        ledgers.setdefault(reserved.config_id, {})[reserved.key] = reserved
    return [{item.key: ledgers[run.config_id][item.key] for item in run.deliveries} for run in runs]


async def _write(session: Session, rows: Sequence[dict[str, Any]]) -> Iterable[Reserved]:
    connection = await session.connection()
    if connection.dialect.name == "sqlite":
        stored = await insert_returning(connection, "delivery", rows, _ON_CONFLICT, Reserved._fields)
        return [_read(*row) for row in stored]
    await connection.execute(_UPSERT, rows)
    places = [_place(row) for row in rows]
    return map(Reserved._make, await select_given(session, _COLUMNS, "delivery", _GIVEN, places, where=_IS_GIVEN))


def _read(*stored: Any) -> Reserved:
    """A row whose columns are as SQLite keeps them."""
    *before, state, dest, copy, account, attempts, created_at = stored
    return Reserved._make((*before, DeliveryState(state), dest, copy, account, attempts, read_moment(created_at)))


def _row(run: ToReserve, delivery: NewDelivery) -> dict[str, Any]:
    fixed = {
        "config_id": run.config_id,
        "account_id": run.account_id,
        "state": str(DeliveryState.RESERVED),
        "attempts": 1,
    }
    return fixed | {name: getattr(delivery, name) for name in _NEW}


def _place(row: Mapping[str, Any]) -> tuple[int, ...]:
    return tuple(row[name] for name in _KEY)
