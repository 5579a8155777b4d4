"""Deliveries that were begun and never settled, beside the cursor: finished first, by the account that began them.

They come from a config whose account, dest or rules changed while a send was uncertain, and from dead deliveries that
a person wants replayed. Each keeps its `random_id` and its dest, so that nothing is doubled.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import timedelta

import structlog

from tgforward.db.deliveries import list_deliveries, mark_dead
from tgforward.db.models import Delivery, DeliveryState
from tgforward.db.session import Session, reading
from tgforward.db.transaction import in_transaction
from tgforward.errors import AccountRevoked, ApiIdInvalid, PermanentError
from tgforward.forwarding.outcomes import Continue, Done, Outcome, Snooze
from tgforward.queue.enqueue import enqueue_strays
from tgforward.services.delivering import Report, deliver
from tgforward.services.finishing import to_the_end
from tgforward.services.lane import Lane
from tgforward.services.loading import load_any
from tgforward.services.peers import known_peer
from tgforward.services.planning import plan_messages
from tgforward.services.route import Route
from tgforward.services.settling import reserve, settle_strays
from tgforward.services.snapshot import ConfigSnapshot
from tgforward.telegram.reading import fetch_messages
from tgforward.types import AccountId, ChatId, ConfigId, MessageId

BATCH = 100  # messages in one look-up: core.telegram.org/method/channels.getMessages
OTHER_LANE = timedelta(seconds=2)

log = structlog.get_logger()


async def finish_strays(lane: Lane, config: ConfigSnapshot) -> Outcome | None:
    """Settle what is uncertain before anything new is sent; None if there is nothing (left) to wait for."""
    strays = await _load_strays(lane, config)
    if not strays:
        lane.snapshots[config.id] = replace(config, may_have_strays=False)
        return None
    ours = [row for row in strays if row.account_id == lane.account_id]
    if ours:
        await _finish(lane, config, ours[:BATCH])
        return Continue()
    orphans = [row for row in strays if row.account_id is None]
    await _give_up(lane, orphans, "uncertain: the account that began it was removed")
    return await _ask_others(lane, config, {row.account_id for row in strays if row.account_id is not None})


async def finish_own_strays(lane: Lane, config_id: ConfigId) -> Outcome:
    """In the lane of an account that a config has left: settle what this account began for it."""
    config = await load_any(lane, config_id)
    strays = [] if config is None else await _load_strays(lane, config)
    rows = [row for row in strays if row.account_id == lane.account_id]
    if config is None or not rows:
        return Done()
    await _finish(lane, config, rows[:BATCH])
    return Continue()


async def _load_strays(lane: Lane, config: ConfigSnapshot) -> list[Delivery]:
    async with reading(lane.deps.session_factory) as session:
        rows = await list_deliveries(session, DeliveryState.RESERVED, config_id=config.id)
    return [row for row in rows if _is_stray(config, row)]


def _is_stray(config: ConfigSnapshot, row: Delivery) -> bool:
    """Whether the next runs would not come across it by themselves, or would send it another way."""
    where = (row.account_id, row.source_chat_id, row.dest_chat_id)
    if where != (config.account_id, config.source.chat_id, config.dest.chat_id) or config.window is None:
        return True
    in_history = row.source_message_id <= config.window.top
    return row.source_message_id <= (config.history_cursor if in_history else config.live_cursor)


async def _finish(lane: Lane, config: ConfigSnapshot, rows: Sequence[Delivery]) -> None:
    """Send again under the same `random_id`s; one source and dest at a time, in order."""
    first = rows[0]
    group = [row for row in rows if _ends(row) == _ends(first)]
    try:
        source = await known_peer(lane, ChatId(first.source_chat_id))
        dest = await known_peer(lane, ChatId(first.dest_chat_id))
        there = replace(config, source=source, dest=dest)
        await _deliver(lane, there, sorted(group, key=lambda row: row.source_message_id))
    except (AccountRevoked, ApiIdInvalid):
        raise  # the account may come back
    except PermanentError as error:
        await _give_up(lane, group, f"uncertain: {error}")


def _ends(row: Delivery) -> tuple[int, int]:
    return row.source_chat_id, row.dest_chat_id


async def _deliver(lane: Lane, config: ConfigSnapshot, rows: Sequence[Delivery]) -> None:
    connection = await lane.connection()
    messages = await fetch_messages(connection, config.source, [MessageId(row.source_message_id) for row in rows])
    plan = plan_messages(config, messages)
    reservation = await reserve(lane, config, plan)
    planned = {item.message.id for step in plan.steps for item in step.deliveries}
    await _give_up(
        lane, [row for row in rows if row.source_message_id not in planned], "uncertain: deleted, or skipped by now"
    )
    report = Report(cursor=MessageId(0))
    is_single = config.dest.chat_id in lane.single_dests
    now = lane.deps.clock.now()
    route = Route(connection, config.source, config.dest, reservation.attempts, lane.pace, now, is_single)
    try:
        await deliver(route, plan, report)
    finally:
        await to_the_end(settle_strays(lane, config.id, reservation, report))
    if report.error is not None:
        raise report.error


async def _ask_others(lane: Lane, config: ConfigSnapshot, account_ids: Collection[AccountId]) -> Outcome:
    """Have the accounts that began them finish them; the config waits, also for one that is parked.

    Only that account can learn whether they arrived. Whoever does not want to wait removes it.
    """
    for account_id in account_ids:
        await enqueue_strays(lane.deps.redis, config.id, account_id)
    log.warning("config_waits_for_accounts", config_id=config.id, account_ids=sorted(account_ids))
    return Snooze(OTHER_LANE, "another account settles what it has begun") if account_ids else Continue()


async def _give_up(lane: Lane, rows: Sequence[Delivery], reason: str) -> None:
    if not rows:
        return

    async def store(session: Session) -> None:
        await mark_dead(session, [row.id for row in rows], reason)

    await in_transaction(lane.deps.session_factory, store)
    log.error("deliveries_given_up", account_id=lane.account_id, deliveries=len(rows), reason=reason)
