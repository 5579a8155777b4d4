"""Statements about the further dests of configs; the caller's transaction commits them."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Update, select, update

from tgforward.db.base import REASON_LENGTH
from tgforward.db.batches import batches
from tgforward.db.configs import load_config, mark_edited
from tgforward.db.models import DestState, ForwardDest, TGForwardConfig
from tgforward.db.session import Session
from tgforward.db.statements import execute
from tgforward.errors import InvalidInput
from tgforward.forwarding.identity import DESTS
from tgforward.types import ChatId, ConfigId, MessageId

_IS_THERE = ForwardDest.state != DestState.REMOVED


async def list_dests(session: Session, config_ids: Collection[ConfigId]) -> dict[ConfigId, list[ForwardDest]]:
    """The further dests of each config that has any, by number; parked ones included, removed ones not."""
    found: dict[ConfigId, list[ForwardDest]] = {}
    for some in batches(config_ids):
        query = select(ForwardDest).where(ForwardDest.config_id.in_(some), _IS_THERE).order_by(ForwardDest.number)
        for dest in await session.scalars(query, execution_options={"populate_existing": True}):
            found.setdefault(dest.config_id, []).append(dest)
    return found


async def list_parked(session: Session, *, limit: int | None = None) -> Sequence[ForwardDest]:
    """The further dests that wait for a person, by config and number; at most `limit`."""
    query = select(ForwardDest).where(ForwardDest.state == DestState.PARKED)
    return (await session.scalars(query.order_by(ForwardDest.config_id, ForwardDest.number).limit(limit))).all()


async def add_dest(
    session: Session, config_id: ConfigId, chat_id: ChatId, topic_id: MessageId | None = None
) -> ForwardDest:
    """Stores a further dest, active and not begun, under the next number.

    Raises:
        InvalidInput: there is no such config, it has that dest already, or its numbers are used up.
    """
    await execute(session, mark_edited(config_id))  # its row stays locked: two of these take their numbers in turn
    config = await load_config(session, config_id)
    if config is None:
        raise InvalidInput(f"there is no config {config_id}: see tgforward config list")
    query = select(ForwardDest).where(ForwardDest.config_id == config_id)
    dests = (await session.scalars(query, execution_options={"populate_existing": True})).all()
    _refuse_twice(config, [dest for dest in dests if dest.state is not DestState.REMOVED], chat_id, topic_id)
    number = max((dest.number for dest in dests), default=0) + 1
    if number >= DESTS:
        raise InvalidInput(
            f"config {config_id} has had {DESTS - 1} further dests, the most that one may have: make another config"
        )
    dest = ForwardDest(config_id=config_id, number=number, chat_id=chat_id, topic_id=topic_id)
    session.add(dest)
    await session.flush()
    return dest


async def remove_dest(session: Session, config_id: ConfigId, number: int) -> bool:
    """Takes a further dest away for good; False if there is none of that number."""
    return await _change(session, config_id, number, state=DestState.REMOVED, state_reason=None)


async def set_dest_state(
    session: Session, config_id: ConfigId, number: int, state: DestState, reason: str | None = None
) -> bool:
    """Activates or parks a further dest; False if there is none of that number."""
    return await _change(session, config_id, number, state=state, state_reason=reason and reason[:REASON_LENGTH])


async def unpark_dests(session: Session, config_ids: Collection[ConfigId]) -> None:
    """Activates the parked dests of configs; tell their workers by the configs' versions."""
    for some in batches(config_ids):
        parked = (ForwardDest.config_id.in_(some), ForwardDest.state == DestState.PARKED)
        new = {"state": DestState.ACTIVE, "state_reason": None}
        await execute(session, update(ForwardDest).where(*parked).values(new))


async def start_dest(
    session: Session, config_id: ConfigId, number: int, *, history_cursor: MessageId, live_cursor: MessageId
) -> bool:
    """Starts both cursors of a further dest; False if they were started before."""
    statement = at_dest(config_id, number).where(ForwardDest.live_cursor.is_(None), _IS_THERE)
    return await execute(session, statement.values(history_cursor=history_cursor, live_cursor=live_cursor)) > 0


def at_dest(config_id: ConfigId, number: int) -> Update:
    """An UPDATE of one further dest, which tells nobody."""
    return update(ForwardDest).where(ForwardDest.config_id == config_id, ForwardDest.number == number)


async def _change(session: Session, config_id: ConfigId, number: int, **values: Any) -> bool:
    if not await execute(session, at_dest(config_id, number).where(_IS_THERE).values(values)):
        return False
    await execute(session, mark_edited(config_id))
    return True


def _refuse_twice(
    config: TGForwardConfig, dests: Collection[ForwardDest], chat_id: ChatId, topic_id: MessageId | None
) -> None:
    taken = {(config.dest, config.dest_topic_id), *((dest.chat_id, dest.topic_id) for dest in dests)}
    if (chat_id, topic_id) in taken:
        where = f"chat {chat_id}" if topic_id is None else f"topic {topic_id} of chat {chat_id}"
        raise InvalidInput(f"config {config.id} has {where} as a dest already: every message would come twice there")
