"""What all methods that send have in common: rights, topics, and the memory for `random_id`."""

from dataclasses import dataclass, replace

from telethon.tl import types

from tgforward.sandbox.call import Call
from tgforward.sandbox.refusals import Refusal
from tgforward.sandbox.tl import Tl
from tgforward.sandbox.world.access import require_write
from tgforward.sandbox.world.chats import Chat
from tgforward.sandbox.world.messages import Draft, StoredMessage
from tgforward.sandbox.world.view import View

GENERAL_TOPIC = 1


@dataclass(frozen=True, slots=True)
class Thread:
    """Where in a chat a message goes."""

    reply_to: int | None = None
    topic_id: int | None = None


def deliver(call: Call, chat: Chat, drafts: list[Draft]) -> Tl:
    """Stores the drafts, each with its `random_id`, and answers with what they became.

    A repeated `random_id` stores nothing: it is answered with the first message, or refused, as the server is set.

    Raises:
        Refusal: the caller may not send here, or a `random_id` is missing or refused.
    """
    known = _find_known(call, chat, drafts)
    fresh = len(drafts) - len(known)
    if fresh:
        require_write(call.world, call.account, chat, fresh)
    view = call.view()
    view.peer(chat)
    numbers, news = [], []
    for draft in drafts:
        assert draft.random_id is not None
        repeated = known.get(draft.random_id)
        message = repeated or call.world.store.add(chat, call.account, draft)
        numbers.append(types.UpdateMessageID(message.id_for(call.account), draft.random_id))
        if repeated is None or _is_there(call, message):
            news.append(_new_message(call, view, message, 0 if repeated else 1))
    if fresh:
        _note_sending(call, chat)
    return types.Updates([*numbers, *news], view.users, view.chats, call.world.now(), 0)


def thread_of(chat: Chat, reply_to: Tl | None, top_msg_id: int | None = None) -> Thread:
    """The place that `reply_to` or `top_msg_id` names.

    Raises:
        Refusal: the topic is closed or deleted.
    """
    replied = getattr(reply_to, "reply_to_msg_id", None)
    topic_id = top_msg_id or getattr(reply_to, "top_msg_id", None)
    if not chat.is_forum:
        return Thread(replied)
    if topic_id is None and replied is not None:
        target = chat.history().messages.get(replied)
        topic_id = replied if replied in chat.topics or target is None else target.draft.topic_id
    if topic_id in (None, GENERAL_TOPIC):
        return Thread(replied)
    assert topic_id is not None
    topic = chat.topics.get(topic_id)
    if topic is None or topic.is_deleted:
        raise Refusal("TOPIC_DELETED")
    if topic.is_closed:
        raise Refusal("TOPIC_CLOSED")
    return Thread(replied, topic_id)


def with_thread(draft: Draft, thread: Thread) -> Draft:
    """The draft, put into the thread."""
    return replace(draft, reply_to=thread.reply_to, topic_id=thread.topic_id)


def _find_known(call: Call, chat: Chat, drafts: list[Draft]) -> dict[int, StoredMessage]:
    known = {}
    for draft in drafts:
        if not draft.random_id:
            raise Refusal("RANDOM_ID_EMPTY")
        message = call.world.store.find_sent(call.account, chat, draft.random_id)
        if message is not None:
            known[draft.random_id] = message
    if known and call.facts.duplicates == "error":
        raise Refusal("RANDOM_ID_DUPLICATE")
    return known


def _is_there(call: Call, message: StoredMessage) -> bool:
    return message.id_for(call.account) in message.chat.history(call.account).messages


def _new_message(call: Call, view: View, message: StoredMessage, pts_count: int) -> Tl:
    rendered = view.message(message)
    if message.chat.is_channel:
        return types.UpdateNewChannelMessage(rendered, message.chat.log.pts, pts_count)
    return types.UpdateNewMessage(rendered, call.account.log.pts, pts_count)


def _note_sending(call: Call, chat: Chat) -> None:
    member = chat.member(call.account)
    if member is not None:
        member.last_sent_at = call.world.now()
