"""The chat in which one account tells people what was parked."""

from collections import Counter
from dataclasses import dataclass, field

from tgforward.db.peers import load_peer_named
from tgforward.db.session import reading
from tgforward.db.transaction import in_transaction
from tgforward.errors import DuplicateInFlight
from tgforward.forwarding.links import ById, ByUsername, parse_chat_reference
from tgforward.services.concluding import DUPLICATE_ATTEMPTS
from tgforward.services.lane import Lane
from tgforward.services.peers import known_peer, store_peer
from tgforward.telegram.notices import send_notice
from tgforward.telegram.peers import Peer
from tgforward.telegram.resolve import resolve
from tgforward.types import ChatId, RandomId


@dataclass(slots=True)
class OperationsChat:
    """As the account of a lane sees it; looked up at the first text."""

    lane: Lane
    name: str
    _peer: Peer | None = None
    _doubtful: Counter[RandomId] = field(default_factory=Counter)
    """How often Telegram said of a text that it has it, or is still at it."""

    @property
    def chat_id(self) -> ChatId | None:
        """Its id; None before it was looked up."""
        return None if self._peer is None else self._peer.chat_id

    async def write(self, text: str, random_id: RandomId) -> None:
        """Write a text; under a `random_id` that was used before nothing is written.

        Raises:
            InvalidInput: the settings name no chat.
            TelegramError: it was refused, or may or may not have been written: repeat it.
        """
        if self._peer is None:
            self._peer = await self._look_up()
        self.lane.pace.spend(self._peer.chat_id, 1)
        try:
            await send_notice(await self.lane.connection(), self._peer, text, random_id)
        except DuplicateInFlight:
            self._doubtful[random_id] += 1
            if self._doubtful[random_id] < DUPLICATE_ATTEMPTS:
                raise
        self._doubtful.pop(random_id, None)

    def forget(self) -> None:
        """Look it up anew: a group may have become a supergroup."""
        self._peer = None

    async def _look_up(self) -> Peer:
        """By what is stored, since Telegram answers too many look-ups with a wait of a day."""
        reference, account_id = parse_chat_reference(self.name), self.lane.account_id
        factory = self.lane.deps.session_factory
        if isinstance(reference, ById):
            return await known_peer(self.lane, reference.chat_id)
        if isinstance(reference, ByUsername):
            async with reading(factory) as session:
                row = await load_peer_named(session, account_id, reference.username)
            if row is not None:
                return await known_peer(self.lane, ChatId(row.chat_id))
        peer = await resolve(await self.lane.connection(), reference)
        await in_transaction(factory, lambda session: store_peer(session, account_id, peer))
        return peer
