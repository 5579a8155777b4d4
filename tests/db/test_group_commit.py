"""What many tasks write down at once."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.exc import IntegrityError

from tests.db.build import DEST, SOURCE, make_account, make_config, own
from tgforward.db.configs import load_configs
from tgforward.db.deliveries import list_deliveries
from tgforward.db.engine import Engine
from tgforward.db.group_commit import GroupCommitter, ToSettle
from tgforward.db.leases import Lease
from tgforward.db.models import DeliveryState
from tgforward.db.moves import Move
from tgforward.db.progress import fix_window
from tgforward.db.reservations import Ledger, NewDelivery, ToReserve
from tgforward.db.runs import NewRun, list_runs
from tgforward.db.session import SessionFactory, reading
from tgforward.errors import CursorMoved
from tgforward.types import ConfigId, MessageId, RandomId

TOP, NEW = MessageId(100), MessageId(101)
CONFIGS = 20


async def _configs(factory: SessionFactory) -> tuple[list[ConfigId], Lease]:
    """Configs that have forwarded everything up to `TOP`, of one account whose lane is owned."""
    account_id = await make_account(factory)
    ids = [await make_config(factory, account_id) for _ in range(CONFIGS)]
    async with factory.begin() as session:
        for config_id in ids:
            await fix_window(session, config_id, floor=TOP, top=TOP, total=0)
    return ids, await own(factory, account_id)


def _intent(config_id: ConfigId, lease: Lease) -> ToReserve:
    new = [NewDelivery(SOURCE, NEW, part, RandomId(10 * config_id + part), DEST) for part in (0, 1)]
    return ToReserve(config_id, lease.account_id, new)


def _result(config_id: ConfigId, lease: Lease, ledger: Ledger) -> ToSettle:
    """The first part was sent, the second one refused."""
    sent, refused = ledger.values()
    run = NewRun(config_id, lease.account_id, datetime.now(UTC), timedelta(milliseconds=5), live=1)
    move = Move(config_id, "live", TOP, NEW, lease, forwarded=1, skipped=1, pts_before=None, pts=config_id)
    return ToSettle({sent.id: MessageId(500 + config_id)}, {refused.id: "rejected"}, move, run)


class Commits:
    """Counts the transactions of an engine."""

    def __init__(self, engine: Engine) -> None:
        self.number = 0
        event.listen(engine.sync_engine, "commit", self._count)

    def _count(self, _connection: Connection) -> None:
        self.number += 1


async def test_many_runs_are_two_transactions(session_factory: SessionFactory, engine: Engine) -> None:
    """What all tasks reserve is one, what all of them settle another; each gets what is its own."""
    ids, lease = await _configs(session_factory)
    committer, commits = GroupCommitter(session_factory), Commits(engine)

    async def run(config_id: ConfigId) -> None:
        ledger = await committer.reserve(_intent(config_id, lease))
        assert [row.random_id for row in ledger.values()] == [10 * config_id, 10 * config_id + 1]
        await committer.settle(_result(config_id, lease, ledger))

    await asyncio.gather(*map(run, ids))
    assert commits.number == 2
    async with reading(session_factory) as session:
        configs = await load_configs(session, ids)
        counts = {(row.live_cursor, row.live_forwarded, row.skipped, row.change_pts) for row in configs.values()}
        assert counts == {(NEW, 1, 1, config_id) for config_id in ids}
        sent = await list_deliveries(session, DeliveryState.SENT)
        assert {row.config_id: row.dest_message_id for row in sent} == {number: 500 + number for number in ids}
        assert {row.reason for row in await list_deliveries(session, DeliveryState.DEAD)} == {"rejected"}
        assert {run.config_id for run in await list_runs(session, limit=100)} == set(ids)


async def test_a_bad_task_fails_alone(session_factory: SessionFactory) -> None:
    """A config that is gone, a cursor that has moved, a lease that was lost: the others are written down."""
    (removed, moved, lost, *good), lease = await _configs(session_factory)
    committer = GroupCommitter(session_factory)
    ledgers = {config_id: await committer.reserve(_intent(config_id, lease)) for config_id in (moved, lost, *good)}
    results = {config_id: _result(config_id, lease, ledgers[config_id]) for config_id in ledgers}
    results[moved] = replace(results[moved], move=replace(results[moved].move, expected=MessageId(99)))
    former = Lease(lease.account_id, lease.token - 1)
    results[lost] = replace(results[lost], move=replace(results[lost].move, lease=former))
    nobody = _intent(ConfigId(removed + 10_000), lease)
    settled = [committer.settle(results[config_id]) for config_id in (moved, *good, lost)]
    answers = await asyncio.gather(committer.reserve(nobody), *settled, return_exceptions=True)
    assert [type(answer) for answer in answers] == [
        IntegrityError,
        CursorMoved,
        *[type(None)] * len(good),
        CursorMoved,
    ]
    async with reading(session_factory) as session:
        configs = await load_configs(session, [moved, lost, *good])
        assert {number for number, row in configs.items() if row.live_cursor == NEW} == set(good)
        reserved = await list_deliveries(session, DeliveryState.RESERVED)
        assert {row.config_id for row in reserved} == {moved, lost}
        assert {run.config_id for run in await list_runs(session, limit=100)} == set(good)


async def test_a_cancelled_task_does_not_undo_the_others(session_factory: SessionFactory) -> None:
    """Its own intent is written down too, as if it had died a moment later."""
    ids, lease = await _configs(session_factory)
    committer = GroupCommitter(session_factory)
    leaving, *staying = [asyncio.create_task(committer.reserve(_intent(config_id, lease))) for config_id in ids]
    await asyncio.sleep(0)  # all have asked
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    await asyncio.gather(*staying)
    async with reading(session_factory) as session:
        assert {row.config_id for row in await list_deliveries(session, DeliveryState.RESERVED)} == set(ids)
