"""One more dest for a config."""

from tgforward.db.audit import record_change
from tgforward.db.dests import add_dest as store_dest
from tgforward.db.session import Session
from tgforward.db.transaction import in_transaction
from tgforward.services.config_chats import look_at, sender_in, store_chats
from tgforward.services.deps import Deps
from tgforward.services.known_configs import account_of, require_config
from tgforward.services.known_dests import further_dests
from tgforward.services.spots import NamedDest, Spot, check_route
from tgforward.types import ConfigId


async def add_dest(deps: Deps, config_id: ConfigId, dest: NamedDest, *, actor: str) -> int:
    """Send to one more dest, after checking that the config's account can write there; answers its number.

    Raises:
        InvalidInput: no such config, the dest is the source or there already, or there are too many.
        TelegramError: the chat or topic is unknown, or the account lacks the right.
    """
    row = await require_config(deps, config_id)
    account = await account_of(deps, row)
    chats = await look_at(deps, account.id, further=[dest], send_as=sender_in(row.rules))
    spot = Spot(chats.further[0].chat_id, dest.topic_id)
    known = [Spot(found.chat_id, found.topic_id) for found in await further_dests(deps, config_id)]
    check_route(Spot(row.source, row.source_topic_id), [Spot(row.dest, row.dest_topic_id), *known, spot])

    async def store(session: Session) -> int:
        await store_chats(session, account.id, chats)
        number = (await store_dest(session, config_id, spot.chat_id, spot.topic_id)).number
        detail = {"number": number, "chat_id": spot.chat_id, "topic_id": spot.topic_id}
        await record_change(session, actor=actor, action="config.dest.add", target=str(config_id), detail=detail)
        return number

    return await in_transaction(deps.session_factory, store)
