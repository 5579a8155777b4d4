"""Where a forwarded message says that it comes from."""

from tgforward.sandbox.world.chats import ChatKind
from tgforward.sandbox.world.messages import Origin, StoredMessage


def origin_of(message: StoredMessage) -> Origin:
    """The origin that a forward of the message names: the message's own, where it is a forward itself."""
    if message.draft.origin is not None:
        return message.draft.origin
    if message.chat.kind is ChatKind.BROADCAST:
        return Origin(message.date, chat=message.chat, message_id=message.id)
    if message.draft.send_as is not None:
        return Origin(message.date, chat=message.draft.send_as)
    return Origin(message.date, account=message.sender)
