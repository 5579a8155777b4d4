"""Running configs by hand: put into their lanes now, whatever the schedule says."""

from collections.abc import Sequence
from dataclasses import dataclass

from tgforward.db.configs import list_configs, load_configs
from tgforward.db.models.config import TGForwardConfig
from tgforward.db.session import reading
from tgforward.errors import InvalidInput, NotFound
from tgforward.queue.enqueue import enqueue_now
from tgforward.services.deps import Deps
from tgforward.services.hindrances import Surroundings, load_surroundings, what_stops
from tgforward.types import ConfigId


@dataclass(frozen=True, slots=True)
class Enqueued:
    """What came of one request to run a config."""

    config_id: ConfigId
    is_new: bool
    """False: it was waiting or running already."""


async def enqueue(deps: Deps, *config_ids: int) -> list[Enqueued]:
    """Enqueue configs by number.

    Raises:
        InvalidInput: one of them does not exist or cannot run; none is enqueued.
    """
    wanted = [ConfigId(config_id) for config_id in config_ids]
    async with reading(deps.session_factory) as session:
        rows = await load_configs(session, wanted)
        around = await load_surroundings(session, rows.values(), deps.clock.now())
    for config_id in wanted:
        _require_runnable(config_id, rows.get(config_id), around)
    return await _enqueue_rows(deps, [rows[config_id] for config_id in wanted])


async def enqueue_all(deps: Deps) -> list[Enqueued]:
    """Enqueue every config that can run."""
    async with reading(deps.session_factory) as session:
        rows = await list_configs(session)
        around = await load_surroundings(session, rows, deps.clock.now())
    return await _enqueue_rows(deps, [row for row in rows if what_stops(row, around) is None])


async def _enqueue_rows(deps: Deps, rows: Sequence[TGForwardConfig]) -> list[Enqueued]:
    done = []
    for row in rows:
        assert row.account_id is not None
        is_new = await enqueue_now(deps.redis, row.id, None, row.account_id, hasten=True)
        done.append(Enqueued(row.id, is_new))
    return done


def _require_runnable(config_id: ConfigId, row: TGForwardConfig | None, around: Surroundings) -> None:
    if row is None:
        raise NotFound(f"there is no config {config_id}: see tgforward config list")
    if (hindrance := what_stops(row, around)) is not None:
        raise InvalidInput(f"config {config_id} does not run: {hindrance}")
