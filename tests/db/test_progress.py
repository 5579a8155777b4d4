"""Cursors and counters."""

import asyncio
from datetime import UTC, datetime, timedelta

from tests.db.build import make_account, make_config, own
from tgforward.db.audit import list_changes, record_change
from tgforward.db.configs import load_config
from tgforward.db.leases import Lease, claim_free, release
from tgforward.db.models import TGForwardConfig
from tgforward.db.moves import Move, advance
from tgforward.db.progress import fix_window
from tgforward.db.runs import NewRun, list_runs, prune_runs, record_runs
from tgforward.db.session import Session, SessionFactory, reading
from tgforward.db.transaction import in_transaction
from tgforward.types import ConfigId, MessageId

FLOOR, TOP = MessageId(90), MessageId(100)


async def _fix(factory: SessionFactory, config_id: ConfigId) -> bool:
    async with factory.begin() as session:
        return await fix_window(session, config_id, floor=FLOOR, top=TOP, total=10)


async def _begun(factory: SessionFactory) -> tuple[ConfigId, Lease]:
    """A config with its window, and the lease of its account's lane."""
    account_id = await make_account(factory)
    config_id = await make_config(factory, account_id)
    await _fix(factory, config_id)
    return config_id, await own(factory, account_id)


async def _load(factory: SessionFactory, config_id: ConfigId) -> TGForwardConfig:
    async with reading(factory) as session:
        config = await load_config(session, config_id)
    assert config is not None
    return config


async def test_a_window_is_fixed_once(session_factory: SessionFactory) -> None:
    """Two first runs agree on one window."""
    config_id = await make_config(session_factory)
    assert await _fix(session_factory, config_id)
    assert not await _fix(session_factory, config_id)
    config = await _load(session_factory, config_id)
    assert (config.history_floor, config.history_cursor, config.history_top) == (FLOOR, FLOOR, TOP)
    assert (config.live_cursor, config.history_total) == (TOP, 10)


async def test_of_two_processes_one_moves_a_cursor(session_factory: SessionFactory) -> None:
    """Whoever comes second sees False, and nothing is counted twice."""
    config_id, lease = await _begun(session_factory)
    move = Move(config_id, "live", TOP, MessageId(105), lease, forwarded=3, skipped=2)

    async def store(session: Session) -> int:
        return await advance(session, [move])

    moved = await asyncio.gather(*(in_transaction(session_factory, store) for _ in range(5)))
    assert sorted(moved) == [0] * 4 + [1]
    config = await _load(session_factory, config_id)
    assert (config.live_cursor, config.live_forwarded, config.skipped) == (105, 3, 2)
    assert (config.history_cursor, config.history_forwarded) == (FLOOR, 0)
    assert config.last_run_at is not None
    assert abs(config.last_run_at - datetime.now(UTC)) < timedelta(minutes=1)


async def test_a_run_is_no_edit(session_factory: SessionFactory) -> None:
    """Cursors move without waking schedulers or voiding what workers cached."""
    config_id, lease = await _begun(session_factory)
    before = await _load(session_factory, config_id)
    async with session_factory.begin() as session:
        move = Move(config_id, "history", FLOOR, MessageId(95), lease, forwarded=4, skipped=1)
        assert await advance(session, [move]) == 1
    after = await _load(session_factory, config_id)
    assert (after.history_cursor, after.history_forwarded, after.live_cursor) == (95, 4, TOP)
    assert (after.version, after.updated_at) == (before.version, before.updated_at)


async def test_a_lost_lease_moves_nothing(session_factory: SessionFactory) -> None:
    """The token of a former owner is refused even if its cursor is right."""
    account_id = await make_account(session_factory)
    config_id = await make_config(session_factory, account_id)
    await _fix(session_factory, config_id)
    async with session_factory.begin() as session:
        (mine,) = await claim_free(session, "a", timedelta(seconds=4))
        await release(session, "a")
        (theirs,) = await claim_free(session, "b", timedelta(seconds=4))
        assert await advance(session, [Move(config_id, "live", TOP, MessageId(101), mine)]) == 0
        assert await advance(session, [Move(config_id, "live", TOP, MessageId(101), theirs)]) == 1
        nobody = Lease(account_id, theirs.token + 1)
        assert await advance(session, [Move(config_id, "history", FLOOR, TOP, nobody)]) == 0


async def test_many_configs_move_at_once(session_factory: SessionFactory) -> None:
    """Each from its own cursor, by its own counts and changes; the one that is elsewhere stays there alone."""
    account_id = await make_account(session_factory)
    lease = await own(session_factory, account_id)
    ids = [await make_config(session_factory, account_id) for _ in range(4)]
    for config_id in ids:
        await _fix(session_factory, config_id)
    first, second, third, elsewhere = ids
    moves = [
        Move(elsewhere, "live", MessageId(99), MessageId(103), lease, forwarded=9, skipped=9, pts=9),
        Move(third, "history", FLOOR, MessageId(95), lease, forwarded=3),
        Move(first, "live", TOP, MessageId(101), lease, forwarded=1, skipped=2, pts_before=None, pts=7),
        Move(second, "live", TOP, MessageId(102), lease, skipped=5, pts_before=6, pts=8),
    ]
    async with session_factory.begin() as session:
        assert await advance(session, moves) == 3
    rows = [await _load(session_factory, config_id) for config_id in ids]
    assert [row.live_cursor for row in rows] == [101, 102, TOP, TOP]
    assert [row.history_cursor for row in rows] == [FLOOR, FLOOR, 95, FLOOR]
    assert [(row.live_forwarded, row.history_forwarded, row.skipped) for row in rows] == [
        (1, 0, 2),
        (0, 0, 5),
        (0, 3, 0),
        (0, 0, 0),
    ]
    assert [row.change_pts for row in rows] == [7, None, None, None]
    assert [row.last_run_at is not None for row in rows] == [True, True, True, False]


async def test_runs_are_recorded(session_factory: SessionFactory) -> None:
    """The newest comes first, with its reasons counted."""
    account_id = await make_account(session_factory)
    config_id, other = [await make_config(session_factory, account_id) for _ in range(2)]
    started = datetime(2024, 2, 29, 12, 0, 0, 250_000, tzinfo=UTC)
    second = timedelta(seconds=1.5)
    reasons = {"skip_word": 2, "service": 1}
    runs = [
        NewRun(other, account_id, started, second),
        NewRun(config_id, account_id, started, second, error="长" * 600),
        NewRun(config_id, account_id, started, second, history=5, live=1, skipped_by_reason=reasons),
    ]
    async with session_factory.begin() as session:
        await record_runs(session, runs)
        await record_runs(session, [])
    async with reading(session_factory) as session:
        last, failed = await list_runs(session, config_id)
        assert (last.history, last.live, last.skipped, last.skipped_by_reason) == (5, 1, 3, reasons)
        assert (last.started_at, last.duration_ms, last.error) == (started, 1500, None)
        assert (failed.skipped_by_reason, failed.error) == ({}, "长" * 500)
        assert len(await list_runs(session, limit=2)) == 2


async def test_old_runs_are_pruned(session_factory: SessionFactory) -> None:
    """Those that began before a moment go, the others stay."""
    config_id = await make_config(session_factory)
    account_id = await make_account(session_factory)
    now = datetime.now(UTC)
    async with session_factory.begin() as session:
        ages = (timedelta(days=31), timedelta(days=29))
        await record_runs(session, [NewRun(config_id, account_id, now - age, timedelta(0)) for age in ages])
        assert await prune_runs(session, now - timedelta(days=30)) == 1
        assert [run.started_at for run in await list_runs(session)] == [now - timedelta(days=29)]


async def test_changes_are_audited(session_factory: SessionFactory) -> None:
    """Who did what to what, the newest first."""
    async with session_factory.begin() as session:
        await record_change(session, actor="cli:root", action="config.add", target="config:1", detail={"name": "新"})
        await record_change(session, actor="cli:root", action="config.edit", target="config:1", detail={})
        await record_change(session, actor="cli:root", action="config.add", target="config:2", detail={})
    async with reading(session_factory) as session:
        entries = await list_changes(session, "config:1")
        assert [entry.action for entry in entries] == ["config.edit", "config.add"]
        assert entries[1].detail == {"name": "新"}
        assert len(await list_changes(session)) == 3
