"""The job `forward_config`: what a config's dests still lack, and what becomes of the job when something goes wrong."""

from collections.abc import Coroutine
from typing import Any

from tgforward.errors import (
    AccountRests,
    AccountRevoked,
    ApiIdInvalid,
    CursorMoved,
    DuplicateInFlight,
    FloodWait,
    InvalidInput,
    InvalidSettings,
    LeaseLost,
    PeerFlood,
    PermanentError,
)
from tgforward.forwarding.outcomes import Continue, Done, Outcome, Parked, Snooze
from tgforward.services.branches import run_branches
from tgforward.services.lane import Lane
from tgforward.services.loading import load_branches
from tgforward.services.parking import park_account, park_config, pause_account
from tgforward.services.strays import finish_own_strays
from tgforward.types import ConfigId


async def run_forward_config(lane: Lane, config_id: ConfigId, version: int | None) -> Outcome:
    """Forward what is new for one config; at most one page of messages to each of its dests.

    Raises:
        TransientError: the connection or Telegram failed; nothing is lost, repeat the job.
    """
    async with lane.alone(config_id) as is_alone:
        if not is_alone:
            return Done()
        work = _load_and_run(lane, config_id, version)
        with lane.deps.tracer.span("job", config_id=config_id, account_id=lane.account_id):
            return await _judged(lane, config_id, work)


async def run_finish_strays(lane: Lane, config_id: ConfigId) -> Outcome:
    """Settle what the lane's account began for a config that has left it."""
    async with lane.alone(config_id) as is_alone:
        return await _judged(lane, config_id, finish_own_strays(lane, config_id)) if is_alone else Done()


async def _load_and_run(lane: Lane, config_id: ConfigId, version: int | None) -> Outcome:
    if lane.instant.is_old(config_id):
        lane.forget(config_id)
    branches = await load_branches(lane, config_id, version)
    if branches:
        await lane.instant.begin(branches[0], lane.connection)
    else:
        lane.instant.leave(config_id)
    if branches and version is None:
        lane.expire(branches[0].source.chat_id)  # a person wants to see what is there now
    outcome = await run_branches(lane, branches) if branches else Done()
    if isinstance(outcome, Continue):
        lane.going_on.add(config_id)
    elif isinstance(outcome, Done) and lane.instant.is_fresh(config_id):
        return Continue()
    return outcome


async def _judged(lane: Lane, config_id: ConfigId, work: Coroutine[Any, Any, Outcome]) -> Outcome:
    """The outcome of `work`; what goes wrong is decided here: snooze, pause, park, or (raised) another attempt."""
    try:
        return await work
    except InvalidSettings:
        raise  # nothing is wrong with the config
    except (AccountRests, DuplicateInFlight) as error:
        return Snooze(error.retry_after, str(error))
    except (FloodWait, PeerFlood) as error:
        await pause_account(lane, error)
        return Snooze(error.retry_after, str(error))
    except (AccountRevoked, ApiIdInvalid) as error:
        await park_account(lane, error)
        return Parked(str(error))
    except (PermanentError, InvalidInput) as error:
        await park_config(lane, config_id, error)
        return Parked(str(error))
    except (CursorMoved, LeaseLost):
        lane.forget(config_id)
        raise
