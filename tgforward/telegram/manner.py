"""How messages are sent: quietly, into a topic, as an answer, in another name."""

from dataclasses import dataclass
from typing import Any

from telethon.tl import types

from tgforward.forwarding.identity import piece_of
from tgforward.forwarding.message import FormattedText, MediaKind
from tgforward.forwarding.plan import Delivery
from tgforward.telegram.peers import Peer, input_peer
from tgforward.types import MessageId


@dataclass(frozen=True, slots=True)
class Manner:
    """What is the same for all messages of one request."""

    drop_author: bool = True
    """Of forwards: they do not name their origin."""
    is_silent: bool = False
    topic_id: MessageId | None = None
    reply_to: MessageId | None = None
    """A message of the dest."""
    send_as: Peer | None = None
    keep_preview: bool = True
    """Whether a text sent anew has a link preview where the original has one."""

    @property
    def reply(self) -> Any:
        """Topic and answered message as a request names them."""
        if self.reply_to is not None:
            return types.InputReplyToMessage(self.reply_to, top_msg_id=self.topic_id)
        return None if self.topic_id is None else types.InputReplyToMessage(self.topic_id)

    @property
    def sender(self) -> Any:
        """In whose name, as a request says it; None for the account's own."""
        return None if self.send_as is None else input_peer(self.send_as)


PLAIN = Manner()


def text_of(delivery: Delivery) -> FormattedText:
    """The text that a delivery has at the dest."""
    return delivery.message.content if delivery.content is None else delivery.content


def is_text(delivery: Delivery) -> bool:
    """Whether it is a text at the dest: the rest of a too long caption is one, too."""
    return piece_of(delivery.part) > 0 or delivery.message.media in (None, MediaKind.WEB_PAGE)


def keeps_preview(delivery: Delivery, manner: Manner) -> bool:
    """Whether a text has a link preview; further pieces have none, since it stands above the first one's."""
    return manner.keep_preview and piece_of(delivery.part) == 0 and delivery.message.media is MediaKind.WEB_PAGE
