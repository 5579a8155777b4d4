"""What is asked often is found by an index, however many rows there are."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import event

from tgforward.db.config_search import ConfigQuery, search_configs
from tgforward.db.deliveries import count_dead, list_begun, list_deliveries
from tgforward.db.engine import Engine
from tgforward.db.models import ConfigState, DeliveryState
from tgforward.db.runs import list_runs
from tgforward.db.schedule import load_schedule
from tgforward.db.session import Session, SessionFactory, reading
from tgforward.types import ConfigId

ONE, NOW = ConfigId(1), datetime.now(UTC)


@pytest.mark.parametrize(
    ("ask", "index"),
    [
        (lambda s: load_schedule(s, changed_since=NOW, limit=9), "ix_forward_config_updated_at"),
        (lambda s: search_configs(s, ConfigQuery(state=ConfigState.PARKED), after=None, limit=9), "ix_forward_config_"),
        (lambda s: list_begun(s, [ONE]), "ix_delivery_config_id_state"),
        (lambda s: list_deliveries(s, DeliveryState.DEAD), "ix_delivery_state_settled_at"),
        (lambda s: count_dead(s, [ONE]), "ix_delivery_config_id_state"),
        (lambda s: list_runs(s, ONE), "ix_forward_run_config_id"),
    ],
)
async def test_frequent_questions_have_an_index(
    sqlite_session_factory: SessionFactory,
    sqlite_engine: Engine,
    ask: Callable[[Session], Awaitable[object]],
    index: str,
) -> None:
    """SQLite has no statistics here, as in most installations, and must choose it all the same."""
    asked: list[tuple[str, Any]] = []
    event.listen(sqlite_engine.sync_engine, "before_cursor_execute", lambda *args: asked.append((args[2], args[3])))
    async with reading(sqlite_session_factory) as session:
        await ask(session)
        statement, parameters = asked[-1]
        connection = await session.connection()
        plan = (await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)).all()
    assert index in plan[0].detail
