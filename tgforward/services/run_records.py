"""Runs that did something, as they were written down."""

from collections.abc import Sequence

from tgforward.db.models.run import ForwardRun
from tgforward.db.runs import list_runs
from tgforward.db.session import reading
from tgforward.services.database import Stored
from tgforward.services.known_configs import require_config
from tgforward.types import ConfigId


async def latest_runs(
    deps: Stored, config_id: ConfigId | None, *, before: int | None = None, limit: int
) -> Sequence[ForwardRun]:
    """The latest runs, of one config or all, the newest first: at most `limit` of those before run `before`.

    Raises:
        InvalidInput: no such config.
    """
    if config_id is not None:
        await require_config(deps, config_id)
    async with reading(deps.session_factory) as session:
        return await list_runs(session, config_id, before=before, limit=limit)
