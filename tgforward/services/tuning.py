"""Configs looked at and changed by somebody who may not do everything."""

from collections.abc import Mapping
from typing import Any

from tgforward.db.models.config import TGForwardConfig
from tgforward.db.session import reading
from tgforward.services.config_chats import sender_in
from tgforward.services.config_status import FoundConfigs, look_around
from tgforward.services.configs import StoredConfig, edit_config
from tgforward.services.deps import Deps
from tgforward.services.tenancy import require_seen
from tgforward.services.web_access import Caller, Scope
from tgforward.types import ConfigId

ROUTE = frozenset(("source", "dest", "source_topic_id", "dest_topic_id", "send_as", "user_id"))


async def look_at_one(deps: Deps, caller: Caller, config_id: ConfigId) -> tuple[TGForwardConfig, FoundConfigs]:
    """A config, with what decides whether it runs.

    Raises:
        NotFound: there is none that the caller may see.
    """
    row = await require_seen(deps, caller, config_id)
    async with reading(deps.session_factory) as session:
        return row, await look_around(session, [row], deps.clock.now())


async def tune(
    deps: Deps, caller: Caller, config_id: ConfigId, changes: Mapping[str, Any], *, account: str | None
) -> StoredConfig:
    """Change a config as far as the caller may; fields are named as for `edit_config`.

    Raises:
        NotFound: there is none that the caller may see.
        Forbidden: where it reads, writes or whose it is would change, and that is not the caller's to say.
        InvalidInput, TelegramError: as for `edit_config`.
    """
    row = await require_seen(deps, caller, config_id)
    if account is not None or not ROUTE.isdisjoint(changes) or _is_other_sender(row, changes):
        caller.require(Scope.CONFIGS_ROUTE)
    return await edit_config(deps, config_id, changes, account=account, actor=caller.actor)


def _is_other_sender(row: TGForwardConfig, changes: Mapping[str, Any]) -> bool:
    """Whether messages would be sent in another name."""
    is_replaced = "rules" in changes and sender_in(changes["rules"]) != sender_in(row.rules)
    return is_replaced or "send_as" in changes.get("send", {})
