"""The scheduler's chores."""

from datetime import timedelta
from pathlib import Path

import pytest
from arq import ArqRedis
from sqlalchemy import select, update

from scheduler.chores import CHORES, KEEP_RUNS, prune_deliveries, prune_runs
from tests.db.build import DEST, SOURCE, make_account, make_config, reserve
from tests.worker.build import make_deps
from tgforward.db.deliveries import mark_dead, settle
from tgforward.db.models import Delivery
from tgforward.db.pruning import AT_ONCE
from tgforward.db.reservations import NewDelivery
from tgforward.db.runs import NewRun, list_runs, record_runs
from tgforward.db.runs import prune_runs as remove_some
from tgforward.db.session import SessionFactory, reading
from tgforward.types import MessageId, RandomId


async def test_old_runs_are_removed(session_factory: SessionFactory, redis: ArqRedis, tmp_path: Path) -> None:
    """Runs of the last month stay; doing it twice does no harm."""
    deps = make_deps(session_factory, redis, tmp_path)
    account_id = await make_account(session_factory)
    config_id = await make_config(session_factory, account_id)
    now, moment = deps.clock.now(), timedelta(minutes=1)
    async with session_factory.begin() as session:
        times = (now - KEEP_RUNS - moment, now - KEEP_RUNS + moment, now)
        await record_runs(session, [NewRun(config_id, account_id, at, moment, live=1) for at in times])
    for _ in range(2):
        await prune_runs({"deps": deps})
    async with reading(session_factory) as session:
        assert len(await list_runs(session)) == 2


async def test_old_rows_go_a_thousand_at_a_time(
    session_factory: SessionFactory, redis: ArqRedis, tmp_path: Path
) -> None:
    """All of them in one chore, but in transactions of a bounded size."""
    deps = make_deps(session_factory, redis, tmp_path)
    account_id = await make_account(session_factory)
    config_id = await make_config(session_factory, account_id)
    long_ago = deps.clock.now() - 2 * KEEP_RUNS
    async with session_factory.begin() as session:
        await record_runs(session, [NewRun(config_id, account_id, long_ago, timedelta(0))] * (2 * AT_ONCE + 1))
    async with session_factory.begin() as session:
        assert await remove_some(session, deps.clock.now()) == AT_ONCE
    await prune_runs({"deps": deps})
    async with reading(session_factory) as session:
        assert await list_runs(session) == []


@pytest.mark.parametrize("days", [None, 60])
async def test_the_ledger_forgets_what_it_is_told_to(
    session_factory: SessionFactory, redis: ArqRedis, tmp_path: Path, days: int | None
) -> None:
    """What was sent long ago goes if the settings say so; what is dead or uncertain never does."""
    deps = make_deps(session_factory, redis, tmp_path, keep_deliveries_days=days)
    account_id = await make_account(session_factory)
    config_id = await make_config(session_factory, account_id)
    new = [NewDelivery(SOURCE, MessageId(number), 0, RandomId(number), DEST) for number in range(1, 5)]
    async with session_factory.begin() as session:
        sent, late, dead, _ = (await reserve(session, config_id, account_id, new)).values()
        await settle(session, {sent.id: MessageId(1), late.id: MessageId(2)})
        await mark_dead(session, [dead.id], "failed")
        old = update(Delivery).where(Delivery.id.in_([sent.id, dead.id]))
        await session.execute(old.values(settled_at=deps.clock.now() - timedelta(days=61)))
    await prune_deliveries({"deps": deps})
    async with reading(session_factory) as session:
        left = set(await session.scalars(select(Delivery.source_message_id)))
    assert left == ({2, 3, 4} if days else {1, 2, 3, 4})


def test_every_chore_has_a_time() -> None:
    """A chore without a minute would run every second."""
    assert all(chore.minute is not None for chore in CHORES)
