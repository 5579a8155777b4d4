"""Jobs on arq's default queue."""

from pathlib import Path
from typing import Any

import pytest
import structlog
from arq import ArqRedis

from tests.db.build import make_account, make_config
from tests.worker.build import make_deps
from tgforward.db.session import SessionFactory
from worker.jobs import forward_config


@pytest.fixture
def ctx(sqlite_session_factory: SessionFactory, redis: ArqRedis, tmp_path: Path) -> dict[str, Any]:
    return {"deps": make_deps(sqlite_session_factory, redis, tmp_path), "log": structlog.get_logger()}


async def test_a_job_is_put_into_the_lane_of_its_account(
    ctx: dict[str, Any], sqlite_session_factory: SessionFactory, redis: ArqRedis
) -> None:
    """However often somebody asks, the config waits once in its lane."""
    account_id = await make_account(sqlite_session_factory)
    config_id = await make_config(sqlite_session_factory, account_id)
    for _ in range(2):
        await forward_config(ctx, config_id)
    assert await redis.zrange(f"arq:queue:lane:{account_id}", 0, -1) == [f"forward:{config_id}".encode()]


async def test_a_job_for_nobody_is_refused_in_the_log(ctx: dict[str, Any], redis: ArqRedis) -> None:
    """A config that does not exist ends the job with one sentence."""
    with structlog.testing.capture_logs() as lines:
        await forward_config({**ctx, "log": structlog.get_logger()}, 77)
    assert [(line["event"], line["config_id"]) for line in lines] == [("job_refused", 77)]
    assert await redis.keys("arq:job:*") == []
