"""What a caller may see of the configs: a tenant their own, everybody else all."""

from collections.abc import Collection

from tgforward.db.configs import load_configs
from tgforward.db.models.config import TGForwardConfig
from tgforward.db.session import reading
from tgforward.errors import NotFound
from tgforward.services.database import Stored
from tgforward.services.web_access import Caller
from tgforward.types import ConfigId


async def require_seen(deps: Stored, caller: Caller, config_id: ConfigId) -> TGForwardConfig:
    """The config of that number.

    Raises:
        NotFound: there is none that the caller may see; they do not learn which.
    """
    return (await require_all_seen(deps, caller, [config_id]))[config_id]


async def require_all_seen(
    deps: Stored, caller: Caller, config_ids: Collection[ConfigId]
) -> dict[ConfigId, TGForwardConfig]:
    """The configs of those numbers.

    Raises:
        NotFound: one of them does not exist, or is not the caller's to see.
    """
    async with reading(deps.session_factory) as session:
        rows = await load_configs(session, config_ids)
    for config_id in config_ids:
        row = rows.get(config_id)
        if row is None or not is_seen(caller, row):
            raise NotFound(f"there is no config {config_id}")
    return rows


def is_seen(caller: Caller, row: TGForwardConfig) -> bool:
    """Whether the caller may see the config."""
    return caller.tenant_of is None or row.user_id == caller.tenant_of
