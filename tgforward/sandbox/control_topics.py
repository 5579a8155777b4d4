"""The remote control's operations on topics."""

from tgforward.sandbox.control_names import NamingControl


class TopicControl(NamingControl):
    """Topics of forums, named by their number."""

    def add_topic(self, chat: str | int, title: str, *, creator: str | None = None) -> int:
        """A new topic; returns its number."""
        return self._world.add_topic(self._chat(chat), title, creator=self._maybe_account(creator)).id

    def close_topic(self, chat: str | int, topic: int, *, closed: bool = True) -> None:
        """Closes a topic or opens it again."""
        forum = self._chat(chat)
        self._world.edit_topic(forum, forum.topics[topic], closed=closed)

    def delete_topic(self, chat: str | int, topic: int) -> int:
        """Removes a topic with its messages; returns how many there were."""
        forum = self._chat(chat)
        return self._world.delete_topic(forum, forum.topics[topic])
