"""Many configs paused, resumed or run at once: a bounded number of statements, all or nothing."""

from collections.abc import Collection
from typing import Any

from tgforward.db.audit import record_changes
from tgforward.db.configs import set_config_states
from tgforward.db.dests import unpark_dests
from tgforward.db.models.config import ConfigState
from tgforward.db.session import Session
from tgforward.db.transaction import in_transaction
from tgforward.errors import InvalidInput
from tgforward.services.database import Stored
from tgforward.services.deps import Deps
from tgforward.services.enqueuing import Enqueued, enqueue
from tgforward.services.tenancy import require_all_seen
from tgforward.services.web_access import Caller
from tgforward.types import ConfigId

MOST = 1000


async def pause_configs(deps: Stored, caller: Caller, config_ids: Collection[ConfigId]) -> None:
    """Stop configs until they are resumed.

    Raises:
        InvalidInput: too many, or one of them does not exist for the caller; nothing was changed.
    """
    await _set_states(deps, caller, config_ids, ConfigState.PAUSED)


async def resume_configs(deps: Stored, caller: Caller, config_ids: Collection[ConfigId]) -> None:
    """Let configs run again, with their parked dests.

    Raises:
        InvalidInput: too many, or one of them does not exist for the caller; nothing was changed.
    """
    await _set_states(deps, caller, config_ids, ConfigState.ACTIVE)


async def run_configs(deps: Deps, caller: Caller, config_ids: Collection[ConfigId]) -> list[Enqueued]:
    """Put configs into their lanes now, whatever the schedule says.

    Raises:
        InvalidInput: too many, or one of them does not exist for the caller or cannot run; nothing was enqueued.
    """
    wanted = _counted(config_ids)
    await require_all_seen(deps, caller, wanted)
    return await enqueue(deps, *wanted)


async def _set_states(deps: Stored, caller: Caller, config_ids: Collection[ConfigId], state: ConfigState) -> None:
    wanted = _counted(config_ids)
    await require_all_seen(deps, caller, wanted)

    async def work(session: Session) -> None:
        await set_config_states(session, wanted, state)
        if state is ConfigState.ACTIVE:
            await unpark_dests(session, wanted)
        details: dict[str, dict[str, Any]] = {str(config_id): {} for config_id in wanted}
        await record_changes(session, actor=caller.actor, action=f"config.{state}", details=details)

    await in_transaction(deps.session_factory, work)


def _counted(config_ids: Collection[ConfigId]) -> list[ConfigId]:
    wanted = list(dict.fromkeys(config_ids))
    if not 1 <= len(wanted) <= MOST:
        raise InvalidInput(f"name 1 to {MOST} configs at once, not {len(wanted)}")
    return wanted
