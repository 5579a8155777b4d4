"""A chat as one account sees it, and finding it by what a person typed."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, assert_never

from telethon import utils
from telethon.tl import functions, types

from tgforward.errors import PeerGone
from tgforward.telegram.connection import Connection
from tgforward.types import ChatId


class PeerKind(StrEnum):
    """Kinds of chat; a gigagroup counts as a supergroup."""

    USER = "user"
    CHAT = "chat"
    CHANNEL = "channel"
    SUPERGROUP = "supergroup"


@dataclass(frozen=True, slots=True)
class Peer:
    """A chat with what one account needs to address it."""

    chat_id: ChatId
    kind: PeerKind
    access_hash: int | None
    title: str
    username: str | None = None
    protected: bool = False
    """Whether the whole chat forbids forwarding and saving (`noforwards`)."""


def input_peer(peer: Peer) -> Any:
    """The chat as a request names it."""
    bare_id, _ = utils.resolve_id(peer.chat_id)
    match peer.kind:
        case PeerKind.USER:
            return types.InputPeerUser(bare_id, peer.access_hash or 0)
        case PeerKind.CHAT:
            return types.InputPeerChat(bare_id)
        case PeerKind.CHANNEL | PeerKind.SUPERGROUP:
            return types.InputPeerChannel(bare_id, peer.access_hash or 0)
        case _ as never:
            assert_never(never)


def input_channel(peer: Peer) -> Any:
    """The channel or supergroup as the `channels` methods name it."""
    return utils.get_input_channel(input_peer(peer))


def to_peer(entity: Any) -> Peer:
    """The peer that a user, group or channel of an answer is.

    Raises:
        PeerGone: the account is banned from it or has left it for good.
    """
    match entity:
        case types.User():
            return Peer(_marked(entity), PeerKind.USER, entity.access_hash, full_name(entity), username_of(entity))
        case types.Chat():
            return Peer(_marked(entity), PeerKind.CHAT, None, entity.title, protected=bool(entity.noforwards))
        case types.Channel():
            kind = PeerKind.SUPERGROUP if entity.megagroup or entity.gigagroup else PeerKind.CHANNEL
            name, protected = username_of(entity), bool(entity.noforwards)
            return Peer(_marked(entity), kind, entity.access_hash, entity.title, name, protected)
        case _:
            chat = getattr(entity, "title", None) or f"chat {getattr(entity, 'id', '?')}"
            raise PeerGone(f"The account may not see {chat} (any more): join it with this account first")


def full_name(user: Any) -> str:
    """First and last name of a user, or what else there is."""
    name = " ".join(part for part in (user.first_name, user.last_name) if part)
    return name or user.username or ("Deleted account" if user.deleted else str(user.id))


def username_of(entity: Any) -> str | None:
    """The public name of a user or channel, without the @."""
    if entity.username:
        return str(entity.username)
    return next((str(name.username) for name in entity.usernames or () if name.active), None)


async def refresh(conn: Connection, peer: Peer) -> Any:
    """The user, group or channel as Telegram describes it now.

    Raises:
        PeerGone: the account cannot see it any more.
    """
    match peer.kind:
        case PeerKind.USER:
            found = await conn.call(functions.users.GetUsersRequest([utils.get_input_user(input_peer(peer))]))
        case PeerKind.CHAT:
            found = (await conn.call(functions.messages.GetChatsRequest([utils.resolve_id(peer.chat_id)[0]]))).chats
        case PeerKind.CHANNEL | PeerKind.SUPERGROUP:
            found = (await conn.call(functions.channels.GetChannelsRequest([input_channel(peer)]))).chats
        case _ as never:
            assert_never(never)
    if not found:
        raise PeerGone(f"The account cannot see {peer.title} (any more): join it with this account first")
    return found[0]


def migrated_to(entity: Any) -> ChatId | None:
    """The supergroup that a basic group has become."""
    match entity:
        case types.Chat(migrated_to=types.InputChannel() as channel):
            return ChatId(utils.get_peer_id(types.PeerChannel(channel.channel_id)))
        case _:
            return None


def _marked(entity: Any) -> ChatId:
    return ChatId(utils.get_peer_id(entity))
