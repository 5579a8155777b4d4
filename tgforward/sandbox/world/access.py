"""Who may see and do what: access hashes, membership, rights."""

from hashlib import sha256
from typing import TYPE_CHECKING

from telethon.tl import types

from tgforward.sandbox.refusals import Refusal
from tgforward.sandbox.tl import Tl
from tgforward.sandbox.world.accounts import Account
from tgforward.sandbox.world.chats import Chat, ChatKind, Member

if TYPE_CHECKING:
    from tgforward.sandbox.world.world import World


def access_hash(seed: int, viewer: Account, target: Account | Chat) -> int:
    """The hash by which `viewer` proves that the server told it of `target`; every account gets another one."""
    kind = "user" if isinstance(target, Account) else "chat"
    digest = sha256(f"{seed}:{viewer.id}:{kind}:{target.id}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def find_chat(world: "World", viewer: Account, peer: Tl) -> Chat:
    """The chat that an input peer or input channel names.

    Raises:
        Refusal: there is none, or the access hash is not the viewer's.
    """
    match peer:
        case types.InputPeerSelf() | types.InputUserSelf():
            return world.private_chat(viewer, viewer)
        case types.InputPeerUser() | types.InputUser():
            return world.private_chat(viewer, find_user(world, viewer, peer))
        case types.InputPeerChat():
            return _find_group(world, viewer, peer.chat_id)
        case types.InputPeerChannel() | types.InputChannel():
            return _find_channel(world, viewer, peer)
    raise Refusal("PEER_ID_INVALID")


def find_user(world: "World", viewer: Account, user: Tl) -> Account:
    """The account that an input user or input peer names.

    Raises:
        Refusal: there is none, or the access hash is not the viewer's.
    """
    if isinstance(user, types.InputUserSelf | types.InputPeerSelf):
        return viewer
    account = world.accounts.get(getattr(user, "user_id", 0))
    if account is None:
        raise Refusal("PEER_ID_INVALID")
    if account is not viewer and not _knows(world, viewer, account, user.access_hash):
        raise Refusal("PEER_ID_INVALID")
    return account


def find_readable(world: "World", viewer: Account, peer: Tl) -> Chat:
    """Like `find_chat`, for a chat whose messages the viewer may read."""
    chat = find_chat(world, viewer, peer)
    if not may_read(viewer, chat):
        raise Refusal("CHANNEL_PRIVATE" if chat.is_channel else "PEER_ID_INVALID")
    return chat


def may_read(viewer: Account, chat: Chat) -> bool:
    """Whether the viewer is a member, or the chat is public and has not banned it."""
    if viewer.id in chat.banned:
        return False
    return viewer.id in chat.members or (chat.username is not None and chat.is_channel)


def require_write(world: "World", viewer: Account, chat: Chat, count: int) -> None:
    """Checks that `viewer` may send `count` messages to `chat` now.

    Raises:
        Refusal: it may not.
    """
    if not may_read(viewer, chat):
        raise Refusal("CHANNEL_PRIVATE" if chat.is_channel else "PEER_ID_INVALID")
    if chat.migrated_to is not None:
        raise Refusal("PEER_ID_INVALID")
    member = chat.member(viewer)
    if chat.kind is ChatKind.BROADCAST:
        if member is None or not member.can_post:
            raise Refusal("CHAT_ADMIN_REQUIRED")
    elif member is None:
        raise Refusal("CHAT_WRITE_FORBIDDEN")
    elif not member.is_admin:
        _require_member_write(world, chat, member, count)


def _require_member_write(world: "World", chat: Chat, member: Member, count: int) -> None:
    if member.is_restricted:
        raise Refusal("USER_BANNED_IN_CHANNEL")
    if chat.is_read_only:
        raise Refusal("CHAT_WRITE_FORBIDDEN")
    if not chat.slow_mode_s:
        return
    if count > 1:
        raise Refusal("SLOWMODE_MULTI_MSGS_DISABLED")
    now = world.now()
    if member.last_sent_at is not None:
        left = chat.slow_mode_s - (now - member.last_sent_at).total_seconds()
        if left > 0:
            raise Refusal(f"SLOWMODE_WAIT_{int(left) + 1}")


def require_admin(viewer: Account, chat: Chat) -> None:
    """Checks that `viewer` is an admin of `chat`.

    Raises:
        Refusal: it is not.
    """
    member = chat.member(viewer)
    if member is None or not member.is_admin:
        raise Refusal("CHAT_ADMIN_REQUIRED")


def _find_group(world: "World", viewer: Account, chat_id: int) -> Chat:
    chat = world.groups.get(chat_id)
    if chat is None or viewer.id not in chat.members:
        raise Refusal("PEER_ID_INVALID")
    return chat


def _find_channel(world: "World", viewer: Account, peer: Tl) -> Chat:
    chat = world.channels.get(peer.channel_id)
    if chat is None or not _knows(world, viewer, chat, peer.access_hash):
        raise Refusal("CHANNEL_INVALID")
    return chat


def _knows(world: "World", viewer: Account, target: Account | Chat, given: int) -> bool:
    # Bots may leave the hash out: the server knows what they have met.
    return given == access_hash(world.seed, viewer, target) or (viewer.is_bot and given == 0)
