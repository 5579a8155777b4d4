"""Statements about slots that brought no run; the caller's transaction commits them."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import delete, select

from tgforward.db.batches import batches
from tgforward.db.models import ConfigSlotCount, TGForwardConfig
from tgforward.db.session import Session
from tgforward.db.statements import execute
from tgforward.db.upsert import upsert
from tgforward.types import ConfigId


class SlotCount(NamedTuple):
    """How many slots of a config fell into its previous run, and how many passed while nobody could enqueue them."""

    config_id: ConfigId
    coalesced: int = 0
    missed: int = 0


async def add_slot_counts(session: Session, counts: Collection[SlotCount]) -> None:
    """Adds to the counts of configs, whether they exist (any more) or not."""
    for some in batches(counts, variables=len(SlotCount._fields)):
        rows = [count._asdict() for count in some]
        statement = upsert(
            session,
            ConfigSlotCount,
            rows,
            key=["config_id"],
            changes=lambda new: {name: getattr(ConfigSlotCount, name) + new[name] for name in ("coalesced", "missed")},
        )
        await session.execute(statement)


async def load_slot_counts(session: Session, config_ids: Collection[ConfigId]) -> dict[ConfigId, SlotCount]:
    """The counts of those of the configs that have any."""
    columns = select(ConfigSlotCount.config_id, ConfigSlotCount.coalesced, ConfigSlotCount.missed)
    found: dict[ConfigId, SlotCount] = {}
    for some in batches(config_ids):
        rows = await session.execute(columns.where(ConfigSlotCount.config_id.in_(some)))
        found |= {row.config_id: SlotCount(*row) for row in rows}
    return found


async def prune_slot_counts(session: Session) -> int:
    """Removes the counts of configs that were removed; how many."""
    orphans = ConfigSlotCount.config_id.not_in(select(TGForwardConfig.id))
    return await execute(session, delete(ConfigSlotCount).where(orphans))
