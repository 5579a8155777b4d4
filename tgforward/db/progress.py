"""Where configs begin, and what is counted beside their cursors (which `moves.py` moves)."""

from sqlalchemy import Update, exists, update

from tgforward.db.configs import mark_edited
from tgforward.db.dests import at_dest
from tgforward.db.models import Delivery, DeliveryState, ForwardDest, TGForwardConfig
from tgforward.db.session import Session
from tgforward.db.statements import execute
from tgforward.types import ChatId, ConfigId, MessageId


async def fix_window(
    session: Session, config_id: ConfigId, *, floor: MessageId, top: MessageId, total: int | None
) -> bool:
    """Fixes the history window `floor < id <= top` and starts both cursors; False if it was fixed before.

    `total` is the number of messages in it, None if unknown.
    """
    unfixed = (TGForwardConfig.id == config_id, TGForwardConfig.live_cursor.is_(None))
    statement = update(TGForwardConfig).where(*unfixed)
    window = {"history_floor": floor, "history_cursor": floor, "history_top": top, "live_cursor": top}
    return await execute(session, statement.values(**window, history_total=total)) > 0


def _at(config_id: ConfigId, dest_number: int) -> Update:
    if dest_number:
        return at_dest(config_id, dest_number)
    return update(TGForwardConfig).where(TGForwardConfig.id == config_id)


async def set_change_pts(
    session: Session, config_id: ConfigId, dest_number: int, *, expected: int | None, new: int
) -> bool:
    """Notes up to where one dest has followed the source's changes; False if that is not at `expected`."""
    row = ForwardDest if dest_number else TGForwardConfig
    statement = _at(config_id, dest_number).where(row.change_pts == expected)
    return await execute(session, statement.values(change_pts=new)) > 0


async def count_strays(session: Session, config_id: ConfigId, *, forwarded: int, skipped: int) -> None:
    """Counts deliveries beside the cursor, which stays where it is."""
    counted = {
        "live_forwarded": TGForwardConfig.live_forwarded + forwarded,
        "skipped": TGForwardConfig.skipped + skipped,
    }
    await execute(session, _at(config_id, 0).values(counted))


async def follow_source(session: Session, config_id: ConfigId, old: ChatId, new: ChatId) -> bool:
    """Goes on with the supergroup that a source has become, from its first message; False if it was done before.

    The new chat counts its messages and changes from 1, so the history window is behind it, for all dests.
    """
    cursors = dict.fromkeys(("live_cursor", "history_cursor"), 0)
    window = dict.fromkeys(("history_floor", "history_top"), 0)
    is_old = (TGForwardConfig.id == config_id, TGForwardConfig.source == old)
    begun = update(ForwardDest).where(ForwardDest.config_id == config_id, ForwardDest.live_cursor.is_not(None))
    await execute(session, begun.where(exists().where(*is_old)).values(**cursors, change_pts=None))
    statement = mark_edited(config_id).where(*is_old)
    return await execute(session, statement.values(source=new, **cursors, **window, change_pts=None)) > 0


async def follow_dest(session: Session, config_id: ConfigId, old: ChatId, new: ChatId) -> bool:
    """Goes on with the supergroup that a dest has become, also with what is begun; False if it was done before."""
    begun = (Delivery.config_id == config_id, Delivery.dest_chat_id == old, Delivery.state == DeliveryState.RESERVED)
    await execute(session, update(Delivery).where(*begun).values(dest_chat_id=new))
    further = update(ForwardDest).where(ForwardDest.config_id == config_id, ForwardDest.chat_id == old)
    own = update(TGForwardConfig).where(TGForwardConfig.id == config_id, TGForwardConfig.dest == old)
    moved = await execute(session, further.values(chat_id=new)) + await execute(session, own.values(dest=new))
    if moved:
        await execute(session, mark_edited(config_id))
    return moved > 0
