"""Cursors and counters."""

import asyncio
from datetime import UTC, datetime, timedelta

from tests.db.build import make_account, make_config
from tgforward.db.audit import list_changes, record_change
from tgforward.db.configs import load_config
from tgforward.db.leases import Lease, claim_free, release
from tgforward.db.models import TGForwardConfig
from tgforward.db.progress import advance_history, advance_live, fix_window
from tgforward.db.runs import list_runs, prune_runs, record_run
from tgforward.db.session import Session, SessionFactory, reading
from tgforward.db.transaction import in_transaction
from tgforward.types import ConfigId, MessageId

FLOOR, TOP = MessageId(90), MessageId(100)


async def _fix(factory: SessionFactory, config_id: ConfigId) -> bool:
    async with factory.begin() as session:
        return await fix_window(session, config_id, floor=FLOOR, top=TOP, total=10)


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
    config_id = await make_config(session_factory)
    await _fix(session_factory, config_id)

    async def move(session: Session) -> bool:
        return await advance_live(session, config_id, expected=TOP, new=MessageId(105), forwarded=3, skipped=2)

    moved = await asyncio.gather(*(in_transaction(session_factory, move) for _ in range(5)))
    assert sorted(moved) == [False] * 4 + [True]
    config = await _load(session_factory, config_id)
    assert (config.live_cursor, config.live_forwarded, config.skipped) == (105, 3, 2)
    assert (config.history_cursor, config.history_forwarded) == (FLOOR, 0)
    assert config.last_run_at is not None
    assert abs(config.last_run_at - datetime.now(UTC)) < timedelta(minutes=1)


async def test_a_run_is_no_edit(session_factory: SessionFactory) -> None:
    """Cursors move without waking schedulers or voiding what workers cached."""
    config_id = await make_config(session_factory)
    before = await _load(session_factory, config_id)
    await _fix(session_factory, config_id)
    async with session_factory.begin() as session:
        assert await advance_history(session, config_id, expected=FLOOR, new=MessageId(95), forwarded=4, skipped=1)
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
        assert not await advance_live(session, config_id, expected=TOP, new=MessageId(101), lease=mine)
        assert await advance_live(session, config_id, expected=TOP, new=MessageId(101), lease=theirs)
        nobody = Lease(account_id, theirs.token + 1)
        assert not await advance_history(session, config_id, expected=FLOOR, new=TOP, lease=nobody)


async def test_runs_are_recorded(session_factory: SessionFactory) -> None:
    """The newest comes first, with its reasons counted."""
    account_id = await make_account(session_factory)
    config_id, other = [await make_config(session_factory, account_id) for _ in range(2)]
    started = datetime(2024, 2, 29, 12, 0, 0, 250_000, tzinfo=UTC)
    second = timedelta(seconds=1.5)
    common = {"account_id": account_id, "started_at": started, "duration": second}
    async with session_factory.begin() as session:
        await record_run(session, config_id=other, **common)  # type: ignore[arg-type]  # shared by three calls
        await record_run(session, config_id=config_id, error="长" * 600, **common)  # type: ignore[arg-type]  # as above
        reasons = {"skip_word": 2, "service": 1}
        await record_run(session, config_id=config_id, history=5, live=1, skipped_by_reason=reasons, **common)  # type: ignore[arg-type]  # as above
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
        for age in (timedelta(days=31), timedelta(days=29)):
            await record_run(
                session, config_id=config_id, account_id=account_id, started_at=now - age, duration=timedelta(0)
            )
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
