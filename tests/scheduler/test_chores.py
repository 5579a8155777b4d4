"""The scheduler's chores."""

from datetime import timedelta
from pathlib import Path

from arq import ArqRedis

from scheduler.chores import CHORES, KEEP_RUNS, prune_runs
from tests.db.build import make_account, make_config
from tests.worker.build import make_deps
from tgforward.db.runs import list_runs, record_run
from tgforward.db.session import SessionFactory, reading


async def test_old_runs_are_removed(session_factory: SessionFactory, redis: ArqRedis, tmp_path: Path) -> None:
    """Runs of the last month stay; doing it twice does no harm."""
    deps = make_deps(session_factory, redis, tmp_path)
    account_id = await make_account(session_factory)
    config_id = await make_config(session_factory, account_id)
    now, moment = deps.clock.now(), timedelta(minutes=1)
    async with session_factory.begin() as session:
        for started_at in (now - KEEP_RUNS - moment, now - KEEP_RUNS + moment, now):
            await record_run(
                session, config_id=config_id, account_id=account_id, started_at=started_at, duration=moment, live=1
            )
    for _ in range(2):
        await prune_runs({"deps": deps})
    async with reading(session_factory) as session:
        assert len(await list_runs(session)) == 2


def test_every_chore_has_a_time() -> None:
    """A chore without a minute would run every second."""
    assert all(chore.minute is not None for chore in CHORES)
