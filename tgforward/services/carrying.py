"""Carries edits and deletions of source messages over to what they became in one dest."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from tgforward.db.deliveries import load_sent, mark_withdrawn
from tgforward.db.models import Delivery
from tgforward.db.session import Session, reading
from tgforward.db.transaction import in_transaction
from tgforward.forwarding.message import SourceMessage
from tgforward.forwarding.ruleset import DeletionMode, EditMode
from tgforward.services.lane import Lane
from tgforward.services.peers import known_peer
from tgforward.services.refusals import tolerated
from tgforward.services.revising import append_revision, update_copies
from tgforward.services.snapshot import ConfigSnapshot
from tgforward.telegram.editing import delete
from tgforward.types import ChatId, MessageId


async def carry_over(
    lane: Lane,
    config: ConfigSnapshot,
    edited: Sequence[SourceMessage],
    deleted: Collection[MessageId],
    done: set[MessageId],
) -> None:
    """Do what the config wants for each change, which may safely be repeated; adds to `done` what is edited."""
    by_message = await _load(lane, config, {message.id for message in edited} | set(deleted))
    if config.follow.deletions is DeletionMode.DELETE:
        gone = [row for message_id in deleted for row in by_message.get(message_id, [])]
        for chat_id, rows in _by_dest(gone).items():
            with tolerated(config):
                await _withdraw(lane, await _at(lane, config, chat_id), rows)
    if config.follow.edits is EditMode.IGNORE:
        return
    for message in edited:
        if message.id not in deleted:
            await _revise(lane, config, message, by_message.get(message.id, []))
        done.add(message.id)


async def _withdraw(lane: Lane, config: ConfigSnapshot, rows: Iterable[Delivery]) -> None:
    """Delete copies at the dest; the ledger keeps that they were there."""
    copies = {row.id: MessageId(row.dest_message_id) for row in rows if row.dest_message_id is not None}
    if not copies:
        return
    await delete(await lane.connection(), config.dest, sorted(copies.values()))

    async def store(session: Session) -> None:
        await mark_withdrawn(session, list(copies))

    await in_transaction(lane.deps.session_factory, store)


async def _load(lane: Lane, config: ConfigSnapshot, ids: Collection[MessageId]) -> dict[MessageId, list[Delivery]]:
    """What the messages became, if that was not too long ago; every version and piece."""
    since = lane.deps.clock.now() - config.follow.within
    by_message: dict[MessageId, list[Delivery]] = {}
    if not ids:
        return by_message
    async with reading(lane.deps.session_factory) as session:
        rows = await load_sent(session, config.id, config.source.chat_id, ids, dest_number=config.dest_number)
    for row in rows:
        if row.created_at >= since:
            by_message.setdefault(MessageId(row.source_message_id), []).append(row)
    return by_message


async def _revise(lane: Lane, config: ConfigSnapshot, message: SourceMessage, rows: Sequence[Delivery]) -> None:
    revise = append_revision if config.follow.edits is EditMode.APPEND else update_copies
    for chat_id, some in _by_dest(rows).items():
        with tolerated(config):
            await revise(lane, await _at(lane, config, chat_id), message, some)


def _by_dest(rows: Iterable[Delivery]) -> dict[ChatId, list[Delivery]]:
    """A config that got another dest has copies in both."""
    found: dict[ChatId, list[Delivery]] = {}
    for row in rows:
        found.setdefault(ChatId(row.dest_chat_id), []).append(row)
    return found


async def _at(lane: Lane, config: ConfigSnapshot, chat_id: ChatId) -> ConfigSnapshot:
    return config if chat_id == config.dest.chat_id else replace(config, dest=await known_peer(lane, chat_id))
