"""People and bots that can log in."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tgforward.sandbox.world.events import EventLog
from tgforward.sandbox.world.password import TwoStepPassword

if TYPE_CHECKING:
    from tgforward.sandbox.world.messages import StoredMessage


@dataclass(eq=False, slots=True)
class Account:
    """A user or bot; `name` is how tests and faults refer to it."""

    id: int
    name: str
    phone: str = field(default="", repr=False)
    username: str | None = None
    is_bot: bool = False
    is_premium: bool = False
    code: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    password: TwoStepPassword | None = field(default=None, repr=False)
    log: EventLog = field(default_factory=EventLog, repr=False)
    mailbox: "dict[int, StoredMessage]" = field(default_factory=dict, repr=False)
    last_message_id: int = 0

    @property
    def marked_id(self) -> int:
        """The id as clients show it; for users the id itself."""
        return self.id

    def next_message_id(self) -> int:
        """A number for a message in a private chat or basic group: these count per account."""
        self.last_message_id += 1
        return self.last_message_id
