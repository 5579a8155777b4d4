"""Statements about the further dests of many configs at once; the caller's transaction commits them."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import func, insert, select, update

from tgforward.db.batches import batches
from tgforward.db.models import DestState, ForwardDest
from tgforward.db.session import Session
from tgforward.db.statements import execute
from tgforward.types import ChatId, ConfigId, MessageId

Place = tuple[ChatId, MessageId | None]
"""A chat, and the topic of it."""
NewDest = tuple[ConfigId, int, ChatId, MessageId | None]
"""Of which config, under which number, which chat, which topic of it."""


async def load_places(session: Session) -> dict[ConfigId, list[Place]]:
    """Chat and topic of the further dests of every config that has any, by number; parked ones included."""
    found: dict[ConfigId, list[Place]] = {}
    query = select(ForwardDest.config_id, ForwardDest.chat_id, ForwardDest.topic_id)
    query = query.where(ForwardDest.state != DestState.REMOVED)
    for config_id, chat_id, topic_id in await session.execute(
        query.order_by(ForwardDest.config_id, ForwardDest.number)
    ):
        found.setdefault(config_id, []).append((chat_id, topic_id))
    return found


async def load_highest_numbers(session: Session, config_ids: Collection[ConfigId]) -> dict[ConfigId, int]:
    """The highest number that each config has ever given to a further dest; without those that never had one."""
    found: list[tuple[ConfigId, int]] = []
    query = select(ForwardDest.config_id, func.max(ForwardDest.number)).group_by(ForwardDest.config_id)
    for some in batches(config_ids):
        rows = await session.execute(query.where(ForwardDest.config_id.in_(some)))
        found += [(config_id, number) for config_id, number in rows]
    return dict(found)


async def add_dests(session: Session, dests: Sequence[NewDest]) -> None:
    """Stores further dests, active and not begun; the configs' versions must rise."""
    rows = [{"config_id": config, "number": n, "chat_id": chat, "topic_id": topic} for config, n, chat, topic in dests]
    for some in batches(rows):
        await session.execute(insert(ForwardDest), some)


async def remove_dests(session: Session, dests: Collection[tuple[ConfigId, int]]) -> None:
    """Takes further dests away for good; the configs' versions must rise."""
    by_number: dict[int, list[ConfigId]] = {}
    for config_id, number in dests:
        by_number.setdefault(number, []).append(config_id)
    gone: dict[str, Any] = {"state": DestState.REMOVED, "state_reason": None}
    for number, config_ids in by_number.items():
        for some in batches(config_ids):
            where = (ForwardDest.config_id.in_(some), ForwardDest.number == number)
            await execute(session, update(ForwardDest).where(*where).values(gone))
