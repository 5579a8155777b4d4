"""What a config costs while nothing is new."""

from typing import Any

import pytest
from sqlalchemy import event

from tests.services.conftest import Town, make_config, owned_lane
from tgforward.db.engine import Engine
from tgforward.forwarding.outcomes import Done
from tgforward.services.deps import Deps
from tgforward.services.forward import run_forward_config
from tgforward.types import AccountId

RUNS = 5


@pytest.mark.parametrize("rules", [None, {"follow": {"edits": "update", "deletions": "delete"}}])
async def test_idle_runs_use_no_connection(
    deps: Deps, engine: Engine, account_id: AccountId, town: Town, rules: dict[str, Any] | None
) -> None:
    """Once a config is known and nothing is begun, a run without news asks the database nothing."""
    town.world.post(town.source, "old", sender=town.editor)
    config_id = await make_config(deps, forward_history_count=1, rules=rules)
    used: list[str] = []
    event.listen(engine.sync_engine, "checkout", lambda *_args: used.append("connection"))
    event.listen(engine.sync_engine, "before_cursor_execute", lambda *args: used.append(args[2]))
    async with owned_lane(deps) as lane:
        while await run_forward_config(lane, config_id, 1) != Done():
            pass
        assert await run_forward_config(lane, config_id, 1) == Done()  # was something begun and left behind?
        assert "connection" in used
        used.clear()
        for _ in range(RUNS):
            assert await run_forward_config(lane, config_id, 1) == Done()
        assert used == []
