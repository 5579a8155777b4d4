"""How far configs have come: compare-and-set, so that of two processes only one moves a cursor."""

from typing import Any, Literal, Required, TypedDict, Unpack

from sqlalchemy import Update, exists, update

from tgforward.db.clock import utc_now
from tgforward.db.configs import mark_edited
from tgforward.db.dests import at_dest
from tgforward.db.leases import Lease
from tgforward.db.models import Delivery, DeliveryState, ForwardDest, LaneLease, TGForwardConfig
from tgforward.db.session import Session
from tgforward.db.statements import execute
from tgforward.types import ChatId, ConfigId, MessageId


class Move(TypedDict, total=False):
    """What a run did for one dest of a config."""

    expected: Required[MessageId]
    """Where the cursor must stand."""
    new: Required[MessageId]
    forwarded: int
    skipped: int
    """Counted for the config's own dest only, since every dest sees the same messages."""
    lease: Lease | None
    """What the mover must still hold, if anything."""
    dest_number: int
    """0: the config's own dest."""


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


async def advance_live(session: Session, config_id: ConfigId, **move: Unpack[Move]) -> bool:
    """Moves the live cursor and counts; False, and nothing changed, if it is not at `expected` or the lease is lost."""
    return await _advance(session, config_id, "live", move)


async def advance_history(session: Session, config_id: ConfigId, **move: Unpack[Move]) -> bool:
    """Moves the history cursor and counts; False, and nothing changed, as for `advance_live`."""
    return await _advance(session, config_id, "history", move)


async def _advance(session: Session, config_id: ConfigId, kind: Literal["live", "history"], move: Move) -> bool:
    number = move.get("dest_number", 0)
    cursor, count = f"{kind}_cursor", f"{kind}_forwarded"
    row = ForwardDest if number else TGForwardConfig
    ran: dict[str, Any] = {"last_run_at": utc_now()}
    moved = {cursor: move["new"], count: getattr(row, count) + move.get("forwarded", 0)}
    if not number:
        moved |= ran | {"skipped": TGForwardConfig.skipped + move.get("skipped", 0)}
    statement = _at(config_id, number).where(getattr(row, cursor) == move["expected"])
    if (lease := move.get("lease")) is not None:
        held = exists().where(LaneLease.account_id == lease.account_id, LaneLease.token == lease.token)
        statement = statement.where(held)
    is_moved = await execute(session, statement.values(moved)) > 0
    if is_moved and number:
        await execute(session, _at(config_id, 0).values(ran))
    return is_moved


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
