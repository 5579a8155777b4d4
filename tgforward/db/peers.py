"""Statements about the chats that accounts know; the caller's transaction commits them."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import func, select, tuple_

from tgforward.db.batches import batches
from tgforward.db.clock import utc_now
from tgforward.db.models import PeerKind, TelegramPeer
from tgforward.db.session import Session
from tgforward.db.upsert import upsert
from tgforward.types import AccountId, ChatId


@dataclass(frozen=True, slots=True)
class KnownPeer:
    """A chat as an account has just seen it."""

    chat_id: ChatId
    access_hash: int | None
    kind: PeerKind
    username: str | None
    title: str
    protected: bool = False


async def store_peers(session: Session, account_id: AccountId, peers: Sequence[KnownPeer]) -> None:
    """Remembers chats of one account, or brings them up to date."""
    if not peers:
        return
    rows = [{"account_id": account_id, **asdict(peer), "title": peer.title[:256]} for peer in peers]
    columns = ("access_hash", "kind", "username", "title", "protected")
    statement = upsert(
        session,
        TelegramPeer,
        rows,
        key=("account_id", "chat_id"),
        changes=lambda new: {**{name: new[name] for name in columns}, "updated_at": utc_now()},
    )
    await session.execute(statement)


async def load_peer_named(session: Session, account_id: AccountId, username: str) -> TelegramPeer | None:
    """The chat that has a public name, in any case and without @, as the account knows it; or None."""
    query = select(TelegramPeer).where(
        TelegramPeer.account_id == account_id, func.lower(TelegramPeer.username) == username.lower()
    )
    return (await session.scalars(query.order_by(TelegramPeer.updated_at.desc()).limit(1))).first()


async def load_names(session: Session) -> dict[tuple[AccountId, str], ChatId]:
    """The chats with a public name, by account and name in small letters; the one seen last if several had it."""
    query = select(TelegramPeer.account_id, TelegramPeer.username, TelegramPeer.chat_id)
    rows = await session.execute(query.where(TelegramPeer.username.is_not(None)).order_by(TelegramPeer.updated_at))
    return {(row.account_id, str(row.username).lower()): row.chat_id for row in rows}


async def load_peers(
    session: Session, account_id: AccountId, chat_ids: Collection[ChatId]
) -> dict[ChatId, TelegramPeer]:
    """Those of the chats that the account knows."""
    query = select(TelegramPeer).where(TelegramPeer.account_id == account_id, TelegramPeer.chat_id.in_(chat_ids))
    return {peer.chat_id: peer for peer in await session.scalars(query)}


async def load_known(
    session: Session, chats: Collection[tuple[AccountId, ChatId]]
) -> dict[tuple[AccountId, ChatId], TelegramPeer]:
    """Those chats that their accounts know; for chats of many accounts."""
    found: dict[tuple[AccountId, ChatId], TelegramPeer] = {}
    for some in batches(chats, variables=2):
        query = select(TelegramPeer).where(tuple_(TelegramPeer.account_id, TelegramPeer.chat_id).in_(some))
        found |= {(peer.account_id, peer.chat_id): peer for peer in await session.scalars(query)}
    return found


async def load_titles(session: Session, chat_ids: Collection[ChatId]) -> dict[ChatId, str]:
    """Titles of chats for people to read, by whichever account knows them."""
    query = select(TelegramPeer.chat_id, TelegramPeer.title)
    found: dict[ChatId, str] = {}
    for some in batches(chat_ids):
        rows = await session.execute(query.where(TelegramPeer.chat_id.in_(some)))
        found |= {row.chat_id: row.title for row in rows}
    return found


async def load_usernames(session: Session, chat_ids: Collection[ChatId]) -> dict[ChatId, str]:
    """Public names of those of the chats that have one, without @."""
    query = select(TelegramPeer.chat_id, TelegramPeer.username).where(TelegramPeer.username.is_not(None))
    found: dict[ChatId, str] = {}
    for some in batches(chat_ids):
        rows = await session.execute(query.where(TelegramPeer.chat_id.in_(some)))
        found |= {row.chat_id: row.username for row in rows}
    return found
