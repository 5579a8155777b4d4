"""What a cancelled transaction leaves behind."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.fixtures.database import opened
from tgforward.db.session import Session, session_factory
from tgforward.db.transaction import in_transaction

COUNT = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000000) SELECT max(i) FROM n"
SLOW = f"SELECT ({COUNT}), x FROM numbers"
"""The first row takes long, so that a task can be cancelled while others are not fetched yet."""


async def test_rows_that_nobody_fetched_hold_no_lock(tmp_path: Path) -> None:
    """A task that is cancelled in mid-query lets the next writer in on SQLite, even while its error is remembered."""
    begun = asyncio.Event()

    async def work(session: Session) -> None:
        await session.execute(text("INSERT INTO numbers VALUES (4)"))
        begun.set()
        await session.execute(text(SLOW))

    async with opened(f"sqlite+aiosqlite:///{tmp_path / 'numbers.db'}") as engine:
        factory = session_factory(engine)
        await in_transaction(factory, lambda session: session.execute(text("CREATE TABLE numbers (x INTEGER)")))
        fill = text("INSERT INTO numbers VALUES (1), (2), (3)")
        await in_transaction(factory, lambda session: session.execute(fill))
        task = asyncio.create_task(in_transaction(factory, work))
        await begun.wait()
        await asyncio.sleep(0.02)
        task.cancel()
        with pytest.raises(asyncio.CancelledError) as remembered:
            await task
        async with asyncio.timeout(3):
            await in_transaction(factory, lambda session: session.execute(fill))
        assert remembered.value is not None
