"""Which part of a source is history, fixed at a config's first run."""

from dataclasses import dataclass

from tgforward.types import MessageId


@dataclass(frozen=True, slots=True)
class HistoryWindow:
    """The messages with `floor < id <= top`; what is newer than `top` is live."""

    floor: MessageId
    top: MessageId
