"""What sources have come to: asked once for all configs of a lane that read them, and together with other sources.

A source is asked for once in each slot of the config that reads it most often; configs that run later are answered
from memory until its next slot. A request takes along the sources that are due soon.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tgforward.clock import Clock
from tgforward.forwarding.turns import Turns
from tgforward.services.reads import ReadBudget
from tgforward.services.snapshot import ConfigSnapshot
from tgforward.telegram.peers import Peer
from tgforward.telegram.probe import ChatState
from tgforward.types import ChatId, ConfigId

HINT_MS = 2_000  # so long a live update stands for an answer to those that it was for
GONE_AFTER = 3  # a source that nobody has asked for in so many intervals is not asked for ahead


@dataclass(slots=True)
class _Source:
    """One source, and what is known of it."""

    peer: Peer
    turns: Turns
    readers: dict[ConfigId, int]
    """The interval of each config in milliseconds."""
    state: ChatState | None = None
    asked_ms: int = 0
    wanted_ms: int = 0
    hinted_ms: dict[ConfigId, int] = field(default_factory=dict)
    """When a live update told the config what is kept here."""

    def is_known(self, config_id: ConfigId, now_ms: int) -> bool:
        """Whether the config needs not ask now."""
        is_told = now_ms - self.hinted_ms.get(config_id, 0) <= HINT_MS
        return self.state is not None and (is_told or self.turns.serves(self.asked_ms, now_ms))

    def is_due(self, now_ms: int) -> bool:
        """Whether somebody will ask for it soon."""
        is_read = now_ms - self.wanted_ms < GONE_AFTER * self.turns.interval_ms
        return is_read and self.asked_ms < self.turns.begin(now_ms)


@dataclass(slots=True)
class Probes:
    """The sources of one lane."""

    clock: Clock
    reads: ReadBudget
    _sources: dict[ChatId, _Source] = field(default_factory=dict)
    _read_by: dict[ConfigId, ChatId] = field(default_factory=dict)

    def recall(self, config: ConfigSnapshot) -> ChatState | None:
        """What is known of the config's source, if it is new enough for this run; else it must be asked for."""
        source, now_ms = self._source_of(config), self._now_ms()
        source.peer, source.wanted_ms = config.source, now_ms
        return source.state if source.is_known(config.id, now_ms) else None

    def last(self, chat_id: ChatId) -> ChatState | None:
        """The newest answer, however old."""
        source = self._sources.get(chat_id)
        return None if source is None else source.state

    def is_shared(self, chat_id: ChatId) -> bool:
        """Whether several configs read the source."""
        source = self._sources.get(chat_id)
        return source is not None and len(source.readers) > 1

    def expire(self, chat_id: ChatId) -> None:
        """The next run asks again."""
        if (source := self._sources.get(chat_id)) is not None:
            source.state = None
            source.hinted_ms.clear()

    def hint(self, chat_id: ChatId, readers: Iterable[ConfigId], state: ChatState) -> None:
        """A live update told what the source has come to; other configs still ask at their turn."""
        source = self._sources.get(chat_id)
        if source is not None and (source.state is None or source.state.top <= state.top):
            source.state = state
            source.hinted_ms |= dict.fromkeys(readers, self._now_ms())

    def leave(self, config_id: ConfigId) -> None:
        """The config reads nothing here any more."""
        chat_id = self._read_by.pop(config_id, None)
        source = None if chat_id is None else self._sources[chat_id]
        if source is None or chat_id is None:
            return
        del source.readers[config_id]
        source.hinted_ms.pop(config_id, None)
        if source.readers:
            source.turns = Turns.of(source.readers)
        else:
            del self._sources[chat_id]

    def enter(self) -> None:
        """One request for all that are asked for together.

        Raises:
            AccountRests: the account has read too much of late.
        """
        self.reads.enter("probe")

    def due(self, places: int, taken: Collection[ChatId]) -> Sequence[Peer]:
        """The sources whose turn has begun and that were not asked for yet, those that run first at the front."""
        now_ms = self._now_ms()  # an account has a thousand chats at most: to look at all of them takes 1 ms
        due = [source for chat_id, source in self._sources.items() if chat_id not in taken and source.is_due(now_ms)]
        due.sort(key=lambda source: source.turns.begin(now_ms))
        return [source.peer for source in due[:places]]

    def learn(self, chat_id: ChatId, state: ChatState, asked_at: datetime) -> None:
        """Keep an answer."""
        if (source := self._sources.get(chat_id)) is not None:
            source.state, source.asked_ms = state, _ms(asked_at)

    def _source_of(self, config: ConfigSnapshot) -> _Source:
        chat_id, interval_ms = config.source.chat_id, config.interval_second * 1000
        known = self._sources.get(chat_id)
        if known is not None and known.readers.get(config.id) == interval_ms:
            return known
        self.leave(config.id)
        source = self._sources.setdefault(chat_id, _Source(config.source, Turns(config.id, interval_ms), {}))
        source.readers[config.id] = interval_ms
        source.turns = Turns.of(source.readers)
        self._read_by[config.id] = chat_id
        return source

    def _now_ms(self) -> int:
        return _ms(self.clock.now())


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
