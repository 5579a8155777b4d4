"""What is sent: one delivery for each message that arrives, and the steps in which they go."""

from dataclasses import dataclass

from tgforward.forwarding.message import FormattedText, SourceMessage
from tgforward.types import MessageId, RandomId


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message to be sent under its `random_id`; `content` is its new text, None if it goes as it is."""

    message: SourceMessage
    random_id: RandomId
    part: int = 0
    content: FormattedText | None = None
    reply_to: MessageId | None = None
    """The source message whose copy in the dest it answers; its own, if it carries the rest of a too long text."""
    content_hash: int | None = None
    """By which the same content is recognised later; only where the config's rules ask for it."""


@dataclass(frozen=True, slots=True)
class ForwardBatch:
    """Unchanged messages in one `forwardMessages`: ids strictly rising, no album cut, all with the same reply."""

    deliveries: tuple[Delivery, ...]


@dataclass(frozen=True, slots=True)
class SendOne:
    """One changed message, sent anew."""

    delivery: Delivery

    @property
    def deliveries(self) -> tuple[Delivery, ...]:
        """The delivery as a sequence, like those of the other steps."""
        return (self.delivery,)


@dataclass(frozen=True, slots=True)
class SendAlbum:
    """An album of which something changed, sent anew as a whole; 2 to 10 members, the unchanged ones among them."""

    deliveries: tuple[Delivery, ...]


@dataclass(frozen=True, slots=True)
class PinOne:
    """A service message that tells of a pin: the copy of `delivery.message.pins` is pinned."""

    delivery: Delivery

    @property
    def deliveries(self) -> tuple[Delivery, ...]:
        """The delivery as a sequence, like those of the other steps."""
        return (self.delivery,)


Step = ForwardBatch | SendOne | SendAlbum | PinOne
