"""What a person may type to name a message of a chat that is known already.

Source: core.telegram.org/api/links#message-links
"""

import re

from tgforward.errors import InvalidInput
from tgforward.forwarding.links import bare_channel_id
from tgforward.types import ChatId, MessageId

_LINK = re.compile(
    r"(?:https?://)?(?:www\.)?(?:t|telegram)\.(?:me|dog)/"
    r"(?:c/(?P<channel>[0-9]+)|(?P<name>[A-Za-z][A-Za-z0-9_]*))(?:/[0-9]+)?/(?P<message>[1-9][0-9]{0,9})/?(?:\?.*)?",
    re.IGNORECASE,
)


def parse_message_link(text: str, chat: ChatId, username: str | None) -> MessageId:
    """The message that is meant by its link, also one inside a topic, or by its number alone.

    Raises:
        InvalidInput: it names no message, or one of another chat.
    """
    typed = text.strip()
    if re.fullmatch(r"[1-9][0-9]{0,9}", typed):
        return MessageId(int(typed))
    link = _LINK.fullmatch(typed)
    if link is None:
        raise InvalidInput("that names no message: give its link, such as https://t.me/channel/123, or its number")
    is_here = (
        int(link["channel"]) == bare_channel_id(chat)
        if link["channel"]
        else link["name"].casefold() == (username or "").casefold()
    )
    if not is_here:
        raise InvalidInput("that message stands in another chat: give the link of one in the config's source")
    return MessageId(int(link["message"]))
