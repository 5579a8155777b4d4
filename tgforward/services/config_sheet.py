"""Everything that is known of one config, for a page about it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tgforward.db.accounts import load_account
from tgforward.db.models import ForwardDest, ForwardRun
from tgforward.db.models.account import TelegramAccount
from tgforward.db.models.config import TGForwardConfig
from tgforward.db.runs import list_runs
from tgforward.db.session import reading
from tgforward.services.config_queues import look_at_queues
from tgforward.services.config_status import ConfigStatus, FoundConfigs, config_statuses, look_around
from tgforward.services.database import Stored
from tgforward.services.dead import Choice, DeadDelivery, load_dead_deliveries
from tgforward.services.stores import StoredAndQueued
from tgforward.services.tenancy import require_seen
from tgforward.services.web_access import Caller
from tgforward.types import ChatId, ConfigId

RUNS_COUNTED = 200
DEAD_SHOWN = 20


@dataclass(frozen=True, slots=True)
class ConfigSheet:
    """One config; about a dozen statements."""

    row: TGForwardConfig
    status: ConfigStatus
    account: TelegramAccount | None
    dests: Sequence[ForwardDest]
    around: FoundConfigs
    runs: Sequence[ForwardRun]
    """The latest 200 at most, the newest first."""
    dead: Sequence[DeadDelivery]
    """The first 20 at most."""

    @property
    def skips(self) -> Mapping[str, int]:
        """How many messages were skipped in those runs for which reason, the most frequent first."""
        found: Counter[str] = Counter()
        for run in self.runs:
            found.update(run.skipped_by_reason)
        return dict(found.most_common())

    def title(self, chat_id: ChatId) -> str:
        """A chat for people to read."""
        return self.around.title(chat_id)


async def load_sheet(deps: StoredAndQueued, caller: Caller, config_id: ConfigId) -> ConfigSheet:
    """What there is to know.

    Raises:
        NotFound: there is no such config that the caller may see.
    """
    row = await require_seen(deps, caller, config_id)
    async with reading(deps.session_factory) as session:
        around = await look_around(session, [row], deps.clock.now())
        account = None if row.account_id is None else await load_account(session, row.account_id)
        runs = await list_runs(session, config_id, limit=RUNS_COUNTED)
    (status,) = config_statuses(around, await look_at_queues(deps, around))
    dead = await load_dead_deliveries(deps, Choice(config_id=config_id), limit=DEAD_SHOWN)
    return ConfigSheet(row, status, account, around.around.dests.get(config_id, []), around, runs, dead)


async def load_lag(deps: StoredAndQueued, caller: Caller, config_id: ConfigId) -> int | None:
    """How far the config is behind, as the owner of its lane says within three seconds; None: nobody does.

    Raises:
        NotFound: there is no such config that the caller may see.
    """
    row = await require_seen(deps, caller, config_id)
    async with reading(deps.session_factory) as session:
        around = await look_around(session, [row], deps.clock.now())
    return (await look_at_queues(deps, around, with_lags=True)).lags.get(config_id)


async def account_name(deps: Stored, row: TGForwardConfig) -> str | None:
    """The name of the config's account, if it has one."""
    if row.account_id is None:
        return None
    async with reading(deps.session_factory) as session:
        account = await load_account(session, row.account_id)
    return None if account is None else account.name
