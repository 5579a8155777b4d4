"""How far configs have come: compare-and-set, so that of two processes only one moves a cursor."""

from typing import Any

from sqlalchemy import exists, update
from sqlalchemy.orm import InstrumentedAttribute

from tgforward.db.clock import utc_now
from tgforward.db.configs import mark_edited
from tgforward.db.leases import Lease
from tgforward.db.models import Delivery, DeliveryState, LaneLease, TGForwardConfig
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


async def advance_live(
    session: Session,
    config_id: ConfigId,
    *,
    expected: MessageId,
    new: MessageId,
    forwarded: int = 0,
    skipped: int = 0,
    lease: Lease | None = None,
) -> bool:
    """Moves the live cursor and counts; False, and nothing changed, if it is not at `expected` or the lease is lost."""
    counted = {"live_forwarded": TGForwardConfig.live_forwarded + forwarded}
    return await _advance(session, config_id, TGForwardConfig.live_cursor, expected, new, counted, skipped, lease)


async def advance_history(
    session: Session,
    config_id: ConfigId,
    *,
    expected: MessageId,
    new: MessageId,
    forwarded: int = 0,
    skipped: int = 0,
    lease: Lease | None = None,
) -> bool:
    """Moves the history cursor and counts; False, and nothing changed, as for `advance_live`."""
    counted = {"history_forwarded": TGForwardConfig.history_forwarded + forwarded}
    return await _advance(session, config_id, TGForwardConfig.history_cursor, expected, new, counted, skipped, lease)


async def _advance(
    session: Session,
    config_id: ConfigId,
    cursor: InstrumentedAttribute[MessageId | None],
    expected: MessageId,
    new: MessageId,
    counted: dict[str, Any],
    skipped: int,
    lease: Lease | None,
) -> bool:
    statement = update(TGForwardConfig).where(TGForwardConfig.id == config_id, cursor == expected)
    if lease is not None:
        statement = statement.where(
            exists().where(LaneLease.account_id == lease.account_id, LaneLease.token == lease.token)
        )
    moved = {cursor.key: new, "skipped": TGForwardConfig.skipped + skipped, "last_run_at": utc_now()}
    return await execute(session, statement.values({**moved, **counted})) > 0


async def count_strays(session: Session, config_id: ConfigId, *, forwarded: int, skipped: int) -> None:
    """Counts deliveries beside the cursor, which stays where it is."""
    counted = {
        "live_forwarded": TGForwardConfig.live_forwarded + forwarded,
        "skipped": TGForwardConfig.skipped + skipped,
    }
    await execute(session, update(TGForwardConfig).where(TGForwardConfig.id == config_id).values(counted))


async def follow_source(session: Session, config_id: ConfigId, old: ChatId, new: ChatId) -> bool:
    """Goes on with the supergroup that a source has become, from its first message; False if it was done before.

    The new chat counts its messages from 1, so the history window is behind it.
    """
    start = dict.fromkeys(("live_cursor", "history_floor", "history_top", "history_cursor"), 0)
    statement = mark_edited(config_id).where(TGForwardConfig.source == old)
    return await execute(session, statement.values(source=new, **start)) > 0


async def follow_dest(session: Session, config_id: ConfigId, old: ChatId, new: ChatId) -> bool:
    """Goes on with the supergroup that a dest has become, also with what is begun; False if it was done before."""
    begun = (Delivery.config_id == config_id, Delivery.dest_chat_id == old, Delivery.state == DeliveryState.RESERVED)
    await execute(session, update(Delivery).where(*begun).values(dest_chat_id=new))
    return await execute(session, mark_edited(config_id).where(TGForwardConfig.dest == old).values(dest=new)) > 0
