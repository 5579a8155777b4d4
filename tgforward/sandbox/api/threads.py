"""Where in a chat a new message goes, and in whose name."""

from dataclasses import dataclass

from telethon.tl import types

from tgforward.sandbox.call import Call
from tgforward.sandbox.refusals import Refusal
from tgforward.sandbox.tl import Tl
from tgforward.sandbox.world.access import find_chat
from tgforward.sandbox.world.chats import GENERAL_TOPIC, Chat, ChatKind
from tgforward.sandbox.world.messages import StoredMessage
from tgforward.sandbox.world.topics import thread_number, topic_of


@dataclass(frozen=True, slots=True)
class Thread:
    """A place in a chat, and the channel that is shown as the sender."""

    replied: StoredMessage | None = None
    topic_id: int | None = None
    send_as: Chat | None = None


def thread_of(call: Call, chat: Chat, request: Tl) -> Thread:
    """The place that a request to send names by `reply_to`, `top_msg_id` and `send_as`.

    Raises:
        Refusal: the topic is closed or deleted, the message to answer is not there, or the caller is not that sender.
    """
    reply_to = request.reply_to
    wanted = getattr(reply_to, "reply_to_msg_id", None)
    topic_id = getattr(request, "top_msg_id", None) or getattr(reply_to, "top_msg_id", None)
    send_as = find_sender(call, chat, request.send_as)
    if chat.is_forum and topic_id is None and wanted in chat.topics:
        topic_id = wanted
    replied = None if wanted is None or wanted == topic_id else _find_replied(call, chat, wanted)
    if not chat.is_forum:
        return Thread(replied, None, send_as)
    if topic_id is None and replied is not None:
        topic_id = topic_of(chat, replied)
    return Thread(replied, _open_topic(chat, topic_id), send_as)


def senders(call: Call, chat: Chat) -> list[Chat]:
    """The channels in whose name the caller may write in the chat."""
    if chat.kind is not ChatKind.SUPERGROUP:
        return []
    own = [channel for channel in call.world.channels.values() if _is_admin(call, channel)]
    return [channel for channel in own if channel.kind is ChatKind.BROADCAST or channel is chat]


def find_sender(call: Call, chat: Chat, peer: Tl | None) -> Chat | None:
    """The channel that `send_as` names; None for the caller itself.

    Raises:
        Refusal: the caller may not write in that name.
    """
    if peer is None or isinstance(peer, types.InputPeerEmpty | types.InputPeerSelf):
        return None
    if isinstance(peer, types.InputPeerUser) and peer.user_id == call.account.id:
        return None
    wanted = find_chat(call.world, call.account, peer)
    if chat.kind is ChatKind.BROADCAST and wanted is chat:
        return None
    if wanted not in senders(call, chat):
        raise Refusal("SEND_AS_PEER_INVALID")
    return wanted


def _is_admin(call: Call, chat: Chat) -> bool:
    member = chat.member(call.account)
    return member is not None and member.is_admin


def _find_replied(call: Call, chat: Chat, message_id: int) -> StoredMessage | None:
    replied = chat.history(call.account).messages.get(message_id)
    if replied is None and call.facts.missing_replies == "error":
        raise Refusal("REPLY_MESSAGE_ID_INVALID")
    return replied


def _open_topic(chat: Chat, topic_id: int | None) -> int | None:
    topic = chat.topics.get(topic_id or GENERAL_TOPIC)
    if topic is None or topic.is_deleted:
        raise Refusal("TOPIC_DELETED")
    if topic.is_closed:
        raise Refusal("TOPIC_CLOSED")
    return thread_number(topic)
