"""Dead deliveries: what failed for good, looked at by a person, sent again or forgotten."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tgforward.db.audit import record_change
from tgforward.db.configs import load_configs
from tgforward.db.deliveries import list_deliveries, load_dead, remove_dead, revive
from tgforward.db.models.delivery import Delivery, DeliveryState
from tgforward.db.peers import load_titles, load_usernames
from tgforward.db.session import Session, reading
from tgforward.db.transaction import in_transaction
from tgforward.errors import NotFound
from tgforward.forwarding.links import message_link
from tgforward.services.database import Stored
from tgforward.services.hindrances import load_surroundings, what_stops
from tgforward.types import ChatId, ConfigId, MessageId


@dataclass(frozen=True, slots=True)
class Choice:
    """Which dead deliveries are meant: some numbers, those of one config, or (neither) all."""

    ids: tuple[int, ...] = ()
    config_id: ConfigId | None = None
    tenant_of: str | None = None
    """Those of one user's configs only, the others do not exist; None: of everybody's."""


@dataclass(frozen=True, slots=True)
class DeadDelivery:
    """One message that did not arrive, and why."""

    id: int
    config_id: ConfigId
    source: str
    source_chat_id: ChatId
    source_message_id: MessageId
    part: int
    link: str
    dest: str
    dest_chat_id: ChatId
    reason: str | None
    attempts: int
    account_id: int | None
    created_at: datetime
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class PutBack:
    """What of one config is to be sent again."""

    config_id: ConfigId
    deliveries: int
    hindrance: str | None
    """Why its config does not run now, so that they wait; None: it does."""


async def load_dead_deliveries(
    deps: Stored, choice: Choice, *, after: int | None = None, limit: int | None = None
) -> list[DeadDelivery]:
    """The dead deliveries that are meant, in the order of their beginning: at most `limit` of those after `after`.

    Raises:
        InvalidInput: one of the numbers names no dead delivery.
    """
    async with reading(deps.session_factory) as session:
        rows = await _chosen(session, choice, after, limit)
        chats = {chat for row in rows for chat in (row.source_chat_id, row.dest_chat_id)}
        titles, usernames = await load_titles(session, chats), await load_usernames(session, chats)
    return [_shown(row, titles, usernames) for row in rows]


async def put_back(deps: Stored, choice: Choice, *, actor: str) -> list[PutBack]:
    """Put dead deliveries back to be sent under the same `random_id`; what became of that, by config.

    The configs' next runs send them before anything new; nothing is enqueued here.

    Raises:
        InvalidInput: one of the numbers names no dead delivery; nothing was changed.
    """
    async with reading(deps.session_factory) as session:
        rows = await _chosen(session, choice)

    async def work(session: Session) -> None:
        for config_id, some in _by_config(rows).items():
            ids = [row.id for row in some]
            await revive(session, config_id, ids)
            detail = {"deliveries": ids}
            await record_change(session, actor=actor, action="dead.replay", target=str(config_id), detail=detail)

    await in_transaction(deps.session_factory, work)
    return await _by_hindrance(deps, rows)


async def drop(deps: Stored, choice: Choice, *, actor: str) -> int:
    """Forget dead deliveries, which cannot be sent again then; how many there were.

    Raises:
        InvalidInput: one of the numbers names no dead delivery; nothing was changed.
    """
    async with reading(deps.session_factory) as session:
        rows = await _chosen(session, choice)

    async def work(session: Session) -> None:
        await remove_dead(session, [row.id for row in rows])
        for config_id, some in _by_config(rows).items():
            detail = {"messages": [[row.source_chat_id, row.source_message_id, row.part] for row in some]}
            await record_change(session, actor=actor, action="dead.drop", target=str(config_id), detail=detail)

    await in_transaction(deps.session_factory, work)
    return len(rows)


async def _chosen(
    session: Session, choice: Choice, after: int | None = None, limit: int | None = None
) -> Sequence[Delivery]:
    if not choice.ids:
        await _require_config(session, choice.config_id)
        state, config_id = DeliveryState.DEAD, choice.config_id
        return await list_deliveries(
            session, state, config_id=config_id, user_id=choice.tenant_of, after=after, limit=limit
        )
    found = await load_dead(session, choice.ids, user_id=choice.tenant_of)
    for delivery_id in choice.ids:
        if delivery_id not in found:
            raise NotFound(f"there is no dead delivery {delivery_id}: see tgforward dead list")
    return [found[delivery_id] for delivery_id in sorted(found)]


async def _require_config(session: Session, config_id: ConfigId | None) -> None:
    if config_id is not None and not await load_configs(session, [config_id]):
        raise NotFound(f"there is no config {config_id}: see tgforward config list")


async def _by_hindrance(deps: Stored, rows: Collection[Delivery]) -> list[PutBack]:
    by_config = _by_config(rows)
    async with reading(deps.session_factory) as session:
        configs = await load_configs(session, list(by_config))
        around = await load_surroundings(session, configs.values(), deps.clock.now())
    return [PutBack(key, len(by_config[key]), what_stops(row, around)) for key, row in configs.items()]


def _by_config(rows: Collection[Delivery]) -> dict[ConfigId, list[Delivery]]:
    found: dict[ConfigId, list[Delivery]] = {}
    for row in rows:
        found.setdefault(row.config_id, []).append(row)
    return found


def _shown(row: Delivery, titles: Mapping[ChatId, str], usernames: Mapping[ChatId, str]) -> DeadDelivery:
    source, message = ChatId(row.source_chat_id), MessageId(row.source_message_id)
    return DeadDelivery(
        id=row.id,
        config_id=row.config_id,
        source=titles.get(source, str(source)),
        source_chat_id=source,
        source_message_id=message,
        part=row.part,
        link=message_link(source, usernames.get(source), message),
        dest=titles.get(row.dest_chat_id, str(row.dest_chat_id)),
        dest_chat_id=row.dest_chat_id,
        reason=row.reason,
        attempts=row.attempts,
        account_id=row.account_id,
        created_at=row.created_at,
        settled_at=row.settled_at,
    )
