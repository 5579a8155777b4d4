"""`messages`: the topics of forums."""

from collections.abc import Iterable
from typing import Final

from telethon.tl import functions, types

from tgforward.sandbox.call import Call, Routes
from tgforward.sandbox.refusals import Refusal
from tgforward.sandbox.tl import Tl
from tgforward.sandbox.world.access import find_readable, require_admin, require_write
from tgforward.sandbox.world.chats import GENERAL_TOPIC, Chat, Topic
from tgforward.sandbox.world.render import wrap
from tgforward.sandbox.world.topics import messages_of
from tgforward.sandbox.world.view import View

MOST_TOPICS = 100
ICON_COLOUR = 0x6FB9F0


def get_forum_topics(call: Call, request: Tl) -> Tl:
    """`messages.getForumTopics`: the newest first."""
    forum = _find_forum(call, request)
    wanted = (request.q or "").casefold()
    every = [topic for topic in forum.topics.values() if not topic.is_deleted and wanted in topic.title.casefold()]
    every.sort(key=lambda topic: topic.id, reverse=True)
    older = [topic for topic in every if not request.offset_topic or topic.id < request.offset_topic]
    return _answer(call, forum, older[: max(1, min(request.limit, MOST_TOPICS))], len(every))


def get_forum_topics_by_id(call: Call, request: Tl) -> Tl:
    """`messages.getForumTopicsByID`: what is not there is answered as deleted."""
    forum = _find_forum(call, request)
    topics = [forum.topics.get(number) or _no_topic(forum, number) for number in request.topics]
    return _answer(call, forum, topics, len(topics))


def create_forum_topic(call: Call, request: Tl) -> Tl:
    """`messages.createForumTopic`."""
    forum = _find_forum(call, request)
    require_write(call.world, call.account, forum, 1)
    if not request.title:
        raise Refusal("TOPIC_TITLE_EMPTY")
    topic = call.world.add_topic(forum, request.title, creator=call.account)
    return _told(call, forum, topic.id)


def edit_forum_topic(call: Call, request: Tl) -> Tl:
    """`messages.editForumTopic`: its title, and whether it is closed."""
    forum = _find_forum(call, request)
    topic = _require_topic(call, forum, request.topic_id)
    is_same_title = request.title in (None, topic.title)
    if is_same_title and request.closed in (None, topic.is_closed):
        raise Refusal("TOPIC_NOT_MODIFIED")
    call.world.edit_topic(forum, topic, title=request.title, closed=request.closed, editor=call.account)
    return _told(call, forum, forum.last_message_id)


def delete_topic_history(call: Call, request: Tl) -> Tl:
    """`messages.deleteTopicHistory`: the topic vanishes with its messages."""
    forum = _find_forum(call, request)
    topic = _require_topic(call, forum, request.top_msg_id)
    if topic.id == GENERAL_TOPIC:
        raise Refusal("TOPIC_ID_INVALID")
    count = call.world.delete_topic(forum, topic)
    return types.messages.AffectedHistory(forum.log.pts, count, 0)


def _find_forum(call: Call, request: Tl) -> Chat:
    chat = find_readable(call.world, call.account, request.peer)
    if not chat.is_forum:
        raise Refusal("CHANNEL_FORUM_MISSING")
    return chat


def _require_topic(call: Call, forum: Chat, number: int) -> Topic:
    topic = forum.topics.get(number)
    if topic is None or topic.is_deleted:
        raise Refusal("TOPIC_ID_INVALID")
    if topic.creator is not call.account:
        require_admin(call.account, forum)
    return topic


def _no_topic(forum: Chat, number: int) -> Topic:
    return Topic(number, "", forum.created_at, is_deleted=True)


def _answer(call: Call, forum: Chat, topics: Iterable[Topic], count: int) -> Tl:
    view = call.view()
    view.peer(forum)
    shown = [(topic, messages_of(forum, topic)) for topic in topics]
    tops = [view.message(messages[0]) for topic, messages in shown if messages and not topic.is_deleted]
    rendered = [_topic(call, view, forum, topic, messages[0].id if messages else 0) for topic, messages in shown]
    return types.messages.ForumTopics(count, rendered, tops, view.chats, view.users, forum.log.pts)


def _topic(call: Call, view: View, forum: Chat, topic: Topic, top: int) -> Tl:
    if topic.is_deleted:
        return types.ForumTopicDeleted(topic.id)
    return types.ForumTopic(
        id=topic.id,
        date=topic.created_at,
        peer=types.PeerChannel(forum.id),
        title=topic.title,
        icon_color=ICON_COLOUR,
        top_message=top,
        read_inbox_max_id=top,
        read_outbox_max_id=top,
        unread_count=0,
        unread_mentions_count=0,
        unread_reactions_count=0,
        unread_poll_votes_count=0,
        from_id=view.peer(topic.creator or forum),
        notify_settings=types.PeerNotifySettings(),
        my=topic.creator is call.account,
        closed=topic.is_closed,
    )


def _told(call: Call, forum: Chat, message_id: int) -> Tl:
    """The service message that tells of it."""
    view = call.view()
    rendered = view.message(forum.history().messages[message_id])
    return wrap(call.world, view, [types.UpdateNewChannelMessage(rendered, forum.log.pts, 1)])


ROUTES: Final[Routes] = {
    functions.messages.GetForumTopicsRequest: get_forum_topics,
    functions.messages.GetForumTopicsByIDRequest: get_forum_topics_by_id,
    functions.messages.CreateForumTopicRequest: create_forum_topic,
    functions.messages.EditForumTopicRequest: edit_forum_topic,
    functions.messages.DeleteTopicHistoryRequest: delete_topic_history,
}
