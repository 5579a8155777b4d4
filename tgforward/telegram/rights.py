"""May the account read the source and write to the dest? Asked when a config is made, not when it runs."""

from typing import Any

from telethon import utils
from telethon.tl import functions, types

from tgforward.errors import BotCannotRead, PeerGone, PermanentError, WriteForbidden
from tgforward.telegram.connection import Connection
from tgforward.telegram.login import who_am_i
from tgforward.telegram.peers import Peer, PeerKind, input_peer, migrated_to, refresh, to_peer
from tgforward.telegram.reading import fetch_top
from tgforward.types import MessageId

_NO_TOPIC = frozenset({"CHANNEL_FORUM_MISSING", "TOPIC_ID_INVALID", "TOPIC_DELETED"})


async def check_source(conn: Connection, peer: Peer) -> Peer:
    """The chat as it is now, readable by the account; `protected` says whether nothing of it may be forwarded.

    Raises:
        BotCannotRead: the account is a bot.
        PeerGone: the account is not in the chat.
    """
    if (await who_am_i(conn)).is_bot:
        raise BotCannotRead(f"Bots may not read chats: use a user account as the reader of {peer.title}")
    fresh = to_peer(await refresh(conn, peer))
    try:
        await fetch_top(conn, fresh)
    except PeerGone as error:
        raise PeerGone(
            f"The account may not read {peer.title}: join it with this account first", code=error.code
        ) from error
    return fresh


async def check_dest(conn: Connection, peer: Peer) -> Peer:
    """The chat as it is now, open for messages of the account.

    Raises:
        PeerGone: the account cannot see the chat.
        WriteForbidden: it may not write there, and why.
    """
    entity = await refresh(conn, peer)
    fresh = to_peer(entity)
    if (reason := _reason_against(entity)) is not None:
        raise WriteForbidden(f"The account may not write to {fresh.title}: {reason}")
    return fresh


async def check_topic(conn: Connection, peer: Peer, topic_id: MessageId) -> str:
    """The title of a topic of the chat.

    Raises:
        PermanentError: the chat has no such topic; `code` is TOPIC_ID_INVALID.

    Source: core.telegram.org/method/messages.getForumTopicsByID
    """
    title = None
    if peer.kind is PeerKind.SUPERGROUP:
        title = await _topic_title(conn, peer, topic_id)
    if title is None:
        raise PermanentError(
            f"{peer.title} has no topic {topic_id}: its number stands in a link to one of its messages, before theirs",
            code="TOPIC_ID_INVALID",
        )
    return title


async def check_send_as(conn: Connection, dest: Peer, send_as: Peer) -> Peer:
    """The channel, if the account may write to the dest in its name.

    Raises:
        WriteForbidden: it may not.

    Source: core.telegram.org/method/channels.getSendAs
    """
    allowed: set[int] = set()
    if dest.kind in {PeerKind.CHANNEL, PeerKind.SUPERGROUP}:
        found = await conn.call(functions.channels.GetSendAsRequest(input_peer(dest)))
        allowed = {utils.get_peer_id(item.peer) for item in found.peers}
    if send_as.chat_id not in allowed:
        raise WriteForbidden(
            f"The account may not write to {dest.title} as {send_as.title}: choose a channel that it administers",
            code="SEND_AS_PEER_INVALID",
        )
    return send_as


async def _topic_title(conn: Connection, peer: Peer, topic_id: MessageId) -> str | None:
    request = functions.messages.GetForumTopicsByIDRequest(input_peer(peer), [topic_id])
    try:
        answer = await conn.call(request)
    except PermanentError as error:
        if error.code not in _NO_TOPIC:
            raise
        return None
    found = (topic for topic in answer.topics if isinstance(topic, types.ForumTopic) and topic.id == topic_id)
    return next((str(topic.title) for topic in found), None)


def _reason_against(entity: Any) -> str | None:
    match entity:
        case types.Chat() if (new_id := migrated_to(entity)) is not None:
            return f"the group became a supergroup, use its new id {new_id}"
        case types.Chat(deactivated=True):
            return "the group was closed"
        case types.User(deleted=True):
            return "the user's account was deleted"
        case types.User():
            return None
        case _ if entity.left:
            return "it is not a member, join the chat with this account first"
        case types.Channel(broadcast=True):
            return None if _may_post(entity) else "only administrators may post, give it the right to post messages"
        case _:
            return "members may not send messages there" if _is_muted(entity) else None


def _may_post(channel: Any) -> bool:
    return bool(channel.creator or (channel.admin_rights and channel.admin_rights.post_messages))


def _is_muted(group: Any) -> bool:
    if group.creator or group.admin_rights:
        return False
    restrictions = (getattr(group, "banned_rights", None), group.default_banned_rights)
    return any(rights is not None and rights.send_messages for rights in restrictions)
