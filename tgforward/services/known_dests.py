"""The further dests of a config that are stored; its own dest has number 0 and stands in the config."""

from collections.abc import Sequence

from tgforward.db.audit import record_change
from tgforward.db.dests import list_dests
from tgforward.db.dests import remove_dest as store_removal
from tgforward.db.models import ForwardDest
from tgforward.db.session import Session, reading
from tgforward.db.transaction import in_transaction
from tgforward.errors import InvalidInput, NotFound
from tgforward.services.database import Stored
from tgforward.services.known_configs import require_config
from tgforward.types import ConfigId


async def further_dests(deps: Stored, config_id: ConfigId) -> Sequence[ForwardDest]:
    """The config's dests beside its own, by number; without those that were removed.

    Raises:
        InvalidInput: no such config.
    """
    await require_config(deps, config_id)
    async with reading(deps.session_factory) as session:
        return (await list_dests(session, [config_id])).get(config_id, [])


async def remove_dest(deps: Stored, config_id: ConfigId, number: int, *, actor: str) -> None:
    """Send nothing more to one of the further dests; what stands there stays.

    Raises:
        InvalidInput: no such config, or it has no such dest.
    """
    await require_config(deps, config_id)
    if number == 0:
        raise InvalidInput(f"dest 0 is the config's own: tgforward config edit {config_id} --dest CHAT changes it")

    async def store(session: Session) -> None:
        if not await store_removal(session, config_id, number):
            raise NotFound(f"config {config_id} has no dest {number}: see tgforward config dest list {config_id}")
        detail = {"number": number}
        await record_change(session, actor=actor, action="config.dest.remove", target=str(config_id), detail=detail)

    await in_transaction(deps.session_factory, store)
