"""Deliveries that were begun and never settled, beside the cursor: finished first, by the account that began them.

They come from a config whose account, dest or rules changed while a send was uncertain, and from dead deliveries that
a person wants replayed. Each keeps its `random_id` and its dest, so that nothing is doubled.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import timedelta

import structlog

from tgforward.db.deliveries import mark_dead
from tgforward.db.models import Delivery
from tgforward.db.session import Session
from tgforward.db.transaction import in_transaction
from tgforward.errors import AccountRevoked, ApiIdInvalid, PermanentError
from tgforward.forwarding.identity import dest_number_of, revision_of
from tgforward.forwarding.outcomes import Continue, Done, Outcome, Snooze
from tgforward.queue.enqueue import enqueue_strays
from tgforward.services.lane import Lane
from tgforward.services.loading import load_any
from tgforward.services.peers import known_peer
from tgforward.services.resending import Key, send_again
from tgforward.services.snapshot import ConfigSnapshot
from tgforward.services.vanished import settle_vanished
from tgforward.telegram.reading import fetch_messages
from tgforward.types import AccountId, ChatId, ConfigId, MessageId

BATCH = 100  # messages in one look-up: core.telegram.org/method/channels.getMessages
OTHER_LANE = timedelta(seconds=2)

log = structlog.get_logger()


async def finish_strays(lane: Lane, config: ConfigSnapshot, *, is_idle: bool = False) -> Outcome | None:
    """Settle what is uncertain before anything new is sent; None if there is nothing (left) to wait for.

    In an idle source the next runs come across nothing: what was begun ahead of the cursor is gone from it.
    """
    begun = [row for row in await lane.deps.reader.begun(config.id) if _is_of(config, row)]
    strays = [row for row in begun if is_idle or _is_stray(config, row)]
    if not strays:
        # What the next run comes across may be gone from the source by then: it is a stray only after that.
        lane.keep(replace(config, may_have_strays=bool(begun)))
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
    for config in await load_any(lane, config_id):
        begun = [row for row in await lane.deps.reader.begun(config.id) if _is_of(config, row)]
        rows = [row for row in begun if row.account_id == lane.account_id and _is_stray(config, row)]
        if rows:
            await _finish(lane, config, rows[:BATCH])
            return Continue()
    return Done()


async def give_up_removed(lane: Lane, config_id: ConfigId, dest_numbers: Collection[int]) -> None:
    """What was begun for a dest that the config has no more stays uncertain."""
    rows = await lane.deps.reader.begun(config_id)
    removed = [row for row in rows if dest_number_of(row.part) not in dest_numbers]
    await _give_up(lane, removed, "uncertain: the dest was taken away from the config")


def _is_of(config: ConfigSnapshot, row: Delivery) -> bool:
    return dest_number_of(row.part) == config.dest_number


def _is_stray(config: ConfigSnapshot, row: Delivery) -> bool:
    """Whether the next runs would not come across it by themselves, or would send it another way."""
    where = (row.account_id, row.source_chat_id, row.dest_chat_id)
    if where != (config.account_id, config.source.chat_id, config.dest.chat_id) or not config.is_begun:
        return True
    assert config.window is not None
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


def _ends(row: Delivery) -> tuple[int, int, int]:
    return row.source_chat_id, row.dest_chat_id, revision_of(row.part)


async def _deliver(lane: Lane, config: ConfigSnapshot, rows: Sequence[Delivery]) -> None:
    ids = [MessageId(row.source_message_id) for row in rows]
    messages = await fetch_messages(await lane.connection(), config.source, sorted(set(ids)))
    sent = await send_again(lane, config, messages, revision=revision_of(rows[0].part), only=_keys(rows))
    left = [row for row in rows if _key(row) not in sent]
    found = await settle_vanished(lane, config, left)
    await _give_up(lane, [row for row in left if row.id not in found], "uncertain: deleted, or skipped by now")


def _keys(rows: Sequence[Delivery]) -> frozenset[Key]:
    return frozenset(_key(row) for row in rows)


def _key(row: Delivery) -> Key:
    return MessageId(row.source_message_id), row.part


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
    lane.deps.metrics.messages.given_up(len(rows))
    log.error("deliveries_given_up", account_id=lane.account_id, deliveries=len(rows), reason=reason)
