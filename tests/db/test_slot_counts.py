"""Counts of slots that brought no run."""

from tests.db.build import make_account, make_config
from tgforward.db.session import SessionFactory, reading
from tgforward.db.slot_counts import (
    SlotCount,
    add_slot_counts,
    load_slot_counts,
    prune_slot_counts,
)
from tgforward.types import ConfigId


async def test_counts_add_up(session_factory: SessionFactory) -> None:
    """More of them than fit into one statement; a config without a row has none."""
    counts = [SlotCount(ConfigId(number), number, 1) for number in range(1, 701)]
    for _ in range(2):
        async with session_factory.begin() as session:
            await add_slot_counts(session, counts)
    async with reading(session_factory) as session:
        found = await load_slot_counts(session, [ConfigId(number) for number in range(1, 1001)])
    assert found == {number: SlotCount(ConfigId(number), 2 * number, 2) for number in range(1, 701)}


async def test_counts_of_removed_configs_are_pruned(session_factory: SessionFactory) -> None:
    """Those of configs that exist stay."""
    config_id = await make_config(session_factory, await make_account(session_factory))
    async with session_factory.begin() as session:
        await add_slot_counts(session, [SlotCount(config_id, 1, 0), SlotCount(ConfigId(config_id + 1), 1, 0)])
        assert await prune_slot_counts(session) == 1
    async with reading(session_factory) as session:
        assert set(await load_slot_counts(session, [config_id, ConfigId(config_id + 1)])) == {config_id}
