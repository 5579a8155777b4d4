"""How far configs are behind, as those who look know."""

from dataclasses import replace
from functools import partial

from tests.fixtures.redis import RedisServer
from tests.services.conftest import Town, make_config
from tests.services.runs import row_of, working
from tgforward.db.config_search import ConfigQuery
from tgforward.queue.connect import connect
from tgforward.queue.depth import wait_finished
from tgforward.sandbox.server import Sandbox
from tgforward.services.config_queues import look_at_queues
from tgforward.services.config_search import find_page
from tgforward.services.deps import Deps
from tgforward.services.enqueuing import enqueue
from tgforward.services.queues import load_queues
from tgforward.services.status import load_status
from tgforward.types import AccountId, ConfigId


async def lag_of(deps: Deps, config_id: ConfigId) -> int | None:
    status = await load_status(deps, partial(load_queues, deps.redis, with_lags=True))
    return {row.id: row.lag for row in status.configs}[config_id]


async def told(deps: Deps, *config_ids: ConfigId) -> list[int | None]:
    """The same, as the API asks for a page of them."""
    page = (await find_page(deps, ConfigQuery())).configs
    lags = (await look_at_queues(deps, page, with_lags=True)).lags
    return [lags.get(config_id) for config_id in config_ids]


async def test_the_owner_tells_what_it_saw(deps: Deps, account_id: AccountId, sandbox: Sandbox, town: Town) -> None:
    """A config that has caught up is 0 behind; one that nobody has run is unknown, and so is all without an owner."""
    config_id, other = await make_config(deps), await make_config(deps)
    assert await lag_of(deps, config_id) is None
    async with working(deps):
        assert await lag_of(deps, config_id) is None
        await enqueue(deps, config_id)
        await wait_finished(deps.redis, config_id)
        asked = sandbox.requests()
        assert (await lag_of(deps, config_id), await lag_of(deps, other)) == (0, None)
        assert await told(deps, config_id, other) == [0, None]
        assert sandbox.requests() == asked
        assert (await row_of(deps, config_id)).live_cursor is not None


async def test_without_redis_nothing_is_said(deps: Deps, account_id: AccountId, redis_server: RedisServer) -> None:
    """The page is shown all the same."""
    await make_config(deps)
    page = (await find_page(deps, ConfigQuery())).configs
    pool = await connect(redis_server.url)
    redis_server.kill()

    found = await look_at_queues(replace(deps, redis=pool), page, with_lags=True)

    assert (found.overdue, found.lags) == ({}, {})
    assert "cannot be used" in str(found.error)
    await pool.aclose()
