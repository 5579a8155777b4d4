"""A config as one run sees it: everything that the database knows, in memory, without a session behind it."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from tgforward.forwarding.history import HistoryWindow
from tgforward.forwarding.rules import Rules
from tgforward.telegram.peers import Peer
from tgforward.types import AccountId, ConfigId, MessageId


class PieceKind(StrEnum):
    """Which of its two cursors a run moves."""

    HISTORY = "history"
    LIVE = "live"


@dataclass(frozen=True, slots=True)
class Piece:
    """What the next run reads: messages newer than `cursor`, up to and including `until`."""

    kind: PieceKind
    cursor: MessageId
    until: MessageId | None


@dataclass(frozen=True, slots=True)
class ConfigSnapshot:
    """One version of a config with its peers, rules and cursors."""

    id: ConfigId
    account_id: AccountId
    is_active: bool
    version: int
    epoch: int
    source: Peer
    dest: Peer
    rules: Rules
    zone: ZoneInfo
    interval_second: int
    forward_history_count: int
    authorised_until: datetime | None
    window: HistoryWindow | None
    history_cursor: MessageId
    live_cursor: MessageId
    may_have_strays: bool = True
    """Whether deliveries that were begun and never settled must be looked for first."""

    def next_piece(self) -> Piece:
        """History first, oldest to newest, so that the dest reads in order; live after it."""
        assert self.window is not None, "the first run fixes the window"
        if self.history_cursor < self.window.top:
            return Piece(PieceKind.HISTORY, self.history_cursor, self.window.top)
        return Piece(PieceKind.LIVE, self.live_cursor, None)

    def moved(self, kind: PieceKind, cursor: MessageId) -> "ConfigSnapshot":
        """The same config after a run that settled up to `cursor`."""
        if kind is PieceKind.HISTORY:
            return replace(self, history_cursor=cursor)
        return replace(self, live_cursor=cursor)
