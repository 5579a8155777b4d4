"""A config as one run sees it: everything that the database knows, in memory, without a session behind it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from tgforward.forwarding.history import HistoryWindow
from tgforward.forwarding.rules import Rules
from tgforward.forwarding.ruleset import DeletionMode, EditMode, SendOptions
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
class Count:
    """How many changes a source has had, and the newest message among them; None where that is not known."""

    pts: int
    top: MessageId | None


@dataclass(frozen=True, slots=True)
class Following:
    """What is done when a forwarded message changes, within which time."""

    edits: EditMode
    deletions: DeletionMode
    within: timedelta

    @property
    def is_on(self) -> bool:
        """Whether changes are of any interest."""
        return self.edits is not EditMode.IGNORE or self.deletions is not DeletionMode.IGNORE


@dataclass(frozen=True, slots=True)
class ConfigSnapshot:
    """One version of a config on its way to one of its dests: peers, rules and cursors."""

    id: ConfigId
    account_id: AccountId
    is_active: bool
    version: int
    epoch: int
    source: Peer
    dest: Peer
    rules: Rules
    options: SendOptions
    follow: Following
    send_as: Peer | None
    zone: ZoneInfo
    interval_second: int
    forward_history_count: int
    authorised_until: datetime | None
    window: HistoryWindow | None
    history_cursor: MessageId
    live_cursor: MessageId
    dest_number: int = 0
    """0: the config's own dest; else one of its further dests."""
    topic_id: MessageId | None = None
    """The topic of the dest that takes the messages."""
    source_topic: MessageId | None = None
    """The only topic of the source that is forwarded."""
    is_instant: bool = False
    """Whether live updates run it between its slots."""
    has_cursors: bool = True
    """False for a further dest before its first run."""
    changes: Count | None = None
    """How far the source's edits and deletions are followed; None: not yet."""
    may_have_strays: bool = True
    """Whether deliveries that were begun and never settled must be looked for first."""

    @property
    def is_begun(self) -> bool:
        """Whether the first run has chosen where history ends and live begins."""
        return self.window is not None and self.has_cursors

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

    def after(self, changes: Count) -> "ConfigSnapshot":
        """The same config after all changes up to this count were carried over."""
        return replace(self, changes=changes)

    def towards(
        self,
        dest: Peer,
        *,
        number: int,
        topic_id: MessageId | None,
        history_cursor: MessageId | None,
        live_cursor: MessageId | None,
        changes: Count | None,
    ) -> "ConfigSnapshot":
        """The same config on its way to another dest; without cursors that way was never gone."""
        return replace(
            self,
            dest=dest,
            dest_number=number,
            topic_id=topic_id,
            history_cursor=history_cursor or MessageId(0),
            live_cursor=live_cursor or MessageId(0),
            has_cursors=live_cursor is not None,
            changes=changes,
        )
