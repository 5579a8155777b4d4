"""Basic groups that become supergroups: the old one is read to its end, then the new one is followed."""

from collections.abc import Awaitable, Callable, Sequence

import structlog

from tgforward.db.progress import follow_dest, follow_source
from tgforward.db.session import Session
from tgforward.db.transaction import in_transaction
from tgforward.forwarding.links import ById
from tgforward.forwarding.message import SourceMessage
from tgforward.services.lane import Lane
from tgforward.services.peers import store_peer
from tgforward.services.snapshot import ConfigSnapshot
from tgforward.telegram.peers import Peer, PeerKind, migrated_to, refresh
from tgforward.telegram.reading import fetch_messages
from tgforward.telegram.resolve import resolve
from tgforward.types import MessageId

log = structlog.get_logger()


async def follow_source_if_migrated(
    lane: Lane, config: ConfigSnapshot, messages: Sequence[SourceMessage], cursor: MessageId
) -> bool:
    """Whether one of the settled messages says that the group became a supergroup, which is the source from now on."""
    told = next((item for item in messages if item.migrated_to and item.id <= cursor), None)
    if told is None or told.migrated_to is None or not _have_all_passed(lane, config, told.id):
        return False
    new_id = told.migrated_to
    peer = await resolve(await lane.connection(), ById(new_id))

    async def store(session: Session) -> None:
        await store_peer(session, lane.account_id, peer)
        await follow_source(session, config.id, config.source.chat_id, peer.chat_id)

    await _follow(lane, config, peer, store)
    return True


async def follow_source_if_left(lane: Lane, config: ConfigSnapshot) -> bool:
    """Whether an idle group became a supergroup, and whoever settled the message that says so died before it followed.

    Asked once by each owner of the lane.
    """
    if config.source.kind is not PeerKind.CHAT or config.id in lane.looked_back:
        return False
    lane.looked_back.add(config.id)
    last = await fetch_messages(await lane.connection(), config.source, [config.live_cursor])
    return await follow_source_if_migrated(lane, config, last, config.live_cursor)


def _have_all_passed(lane: Lane, config: ConfigSnapshot, message_id: MessageId) -> bool:
    """The old group is read to its end for every dest; the last one to come there goes on."""
    branches = lane.branches.get(config.id, {}).values()
    return all(branch.is_begun and branch.next_piece().cursor >= message_id for branch in branches)


async def follow_dest_if_migrated(lane: Lane, config: ConfigSnapshot) -> bool:
    """Whether the dest refuses because it became a supergroup, which is the dest from now on."""
    if config.dest.kind is not PeerKind.CHAT:
        return False
    connection = await lane.connection()
    new_id = migrated_to(await refresh(connection, config.dest))
    if new_id is None:
        return False
    peer = await resolve(connection, ById(new_id))

    async def store(session: Session) -> None:
        await store_peer(session, lane.account_id, peer)
        await follow_dest(session, config.id, config.dest.chat_id, peer.chat_id)

    await _follow(lane, config, peer, store)
    return True


async def _follow(lane: Lane, config: ConfigSnapshot, peer: Peer, store: Callable[[Session], Awaitable[None]]) -> None:
    await in_transaction(lane.deps.session_factory, store)
    lane.forget(config.id)
    log.info("migration_followed", config_id=config.id, account_id=lane.account_id, chat_id=peer.chat_id)
