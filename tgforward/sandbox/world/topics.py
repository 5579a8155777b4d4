"""The topics of forums."""

from telethon.tl import types

from tgforward.sandbox.world.accounts import Account
from tgforward.sandbox.world.chats import GENERAL_TOPIC, Chat, Topic
from tgforward.sandbox.world.messages import Draft, StoredMessage
from tgforward.sandbox.world.store import Store


class Topics:
    """The part of the world that makes topics and ends them."""

    store: Store

    def add_topic(self, chat: Chat, title: str, *, creator: Account | None = None) -> Topic:
        """A thread of a forum."""
        message = self.store.add(chat, creator, Draft(action=types.MessageActionTopicCreate(title, icon_color=0)))
        topic = chat.topics[message.id] = Topic(message.id, title, message.date, creator)
        return topic

    def edit_topic(
        self,
        chat: Chat,
        topic: Topic,
        *,
        title: str | None = None,
        closed: bool | None = None,
        editor: Account | None = None,
    ) -> None:
        """Renames a topic, closes it or opens it again; a service message in it says so."""
        topic.title = topic.title if title is None else title
        topic.is_closed = topic.is_closed if closed is None else closed
        action = types.MessageActionTopicEdit(title=title, closed=closed)
        self.store.add(chat, editor, Draft(action=action, topic_id=thread_number(topic)))

    def delete_topic(self, chat: Chat, topic: Topic) -> int:
        """Removes a topic with all of its messages; returns how many there were."""
        topic.is_deleted = True
        return self.store.delete(chat, [message.id for message in messages_of(chat, topic)])


def messages_of(chat: Chat, topic: Topic) -> list[StoredMessage]:
    """The messages of a topic, newest first; the one that began it is the last."""
    number = thread_number(topic)
    return [
        message
        for message in chat.history().newest_first()
        if message.id == topic.id or (message.draft.topic_id == number and message.id not in chat.topics)
    ]


def thread_number(topic: Topic) -> int | None:
    """What messages of the topic carry; those of the general one carry nothing."""
    return None if topic.id == GENERAL_TOPIC else topic.id


def topic_of(chat: Chat, message: StoredMessage) -> int | None:
    """The number of the topic that a message stands in, or that it began; None for the general one."""
    begun = chat.topics.get(message.id)
    return message.draft.topic_id if begun is None else thread_number(begun)
