"""Chats that an account knows: resolved once, stored with their access hash, asked for again only when missing."""

from collections.abc import Collection

from tgforward.db.models import PeerKind as StoredKind
from tgforward.db.models import TelegramPeer
from tgforward.db.peers import KnownPeer, store_peers
from tgforward.db.session import Session
from tgforward.db.transaction import in_transaction
from tgforward.forwarding.links import ById
from tgforward.services.lane import Lane
from tgforward.telegram.peers import Peer, PeerKind
from tgforward.telegram.resolve import resolve
from tgforward.types import AccountId, ChatId


async def known_peer(lane: Lane, chat_id: ChatId) -> Peer:
    """The chat as stored for the lane's account; a config of the older schema has only the id, which is resolved here.

    Raises:
        PeerGone: the account does not know the chat.
    """
    return (await known_peers(lane, [chat_id]))[chat_id]


async def known_peers(lane: Lane, chat_ids: Collection[ChatId]) -> dict[ChatId, Peer]:
    """Several chats, as `known_peer` tells them."""
    rows = await lane.deps.reader.peers(lane.account_id, chat_ids)
    known = {chat_id: _peer(row) for chat_id, row in rows.items()}
    return known | {chat_id: await _resolved(lane, chat_id) for chat_id in chat_ids if chat_id not in known}


async def _resolved(lane: Lane, chat_id: ChatId) -> Peer:
    peer = await resolve(await lane.connection(), ById(chat_id))
    await in_transaction(lane.deps.session_factory, lambda session: store_peer(session, lane.account_id, peer))
    return peer


async def store_peer(session: Session, account_id: AccountId, peer: Peer) -> None:
    """Keep what was learned of a chat."""
    row = KnownPeer(
        chat_id=peer.chat_id,
        access_hash=peer.access_hash,
        kind=StoredKind(peer.kind),
        username=peer.username,
        title=peer.title,
        protected=peer.protected,
    )
    await store_peers(session, account_id, [row])


def _peer(row: TelegramPeer) -> Peer:
    return Peer(
        chat_id=ChatId(row.chat_id),
        kind=PeerKind(row.kind),
        access_hash=row.access_hash,
        title=row.title,
        username=row.username,
        protected=row.protected,
    )
