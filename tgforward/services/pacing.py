"""Not faster than Telegram bears: token buckets per account and per dest, so that flood waits hardly come."""

from dataclasses import dataclass, field
from datetime import timedelta

from tgforward.clock import Clock
from tgforward.errors import AccountRests
from tgforward.settings import Settings
from tgforward.types import ChatId


@dataclass(slots=True)
class TokenBucket:
    """`burst` messages at once, then `rate` per second; a rate of 0 means no limit.

    A batch may run into debt: what it owes is waited for before the next one.
    """

    rate: float
    burst: int
    _tokens: float = field(init=False)
    _filled_at: float | None = None

    def __post_init__(self) -> None:
        self._tokens = float(self.burst)

    def wait_s(self, now: float) -> float:
        """Seconds until the next message may go."""
        if self.rate <= 0:
            return 0.0
        if self._filled_at is not None:
            self._tokens = min(self.burst, self._tokens + (now - self._filled_at) * self.rate)
        self._filled_at = now
        return 0.0 if self._tokens >= 1 else (1 - self._tokens) / self.rate

    def take(self, count: int) -> None:
        """Count messages that go now."""
        self._tokens -= count


@dataclass(slots=True)
class Pace:
    """The buckets of one lane."""

    clock: Clock
    account: TokenBucket
    dest_rate: float
    dest_burst: int
    _dests: dict[ChatId, TokenBucket] = field(default_factory=dict)

    def spend(self, dest: ChatId, count: int) -> None:
        """Count `count` messages to a dest.

        Raises:
            AccountRests: it is too early; `retry_after` says how long.
        """
        bucket = self._dests.setdefault(dest, TokenBucket(self.dest_rate, self.dest_burst))
        now = self.clock.monotonic()
        wait_s = max(self.account.wait_s(now), bucket.wait_s(now))
        if wait_s > 0:
            raise AccountRests("the account sends no faster than it may", retry_after=timedelta(seconds=wait_s))
        self.account.take(count)
        bucket.take(count)

    def give_back(self, dest: ChatId, count: int) -> None:
        """Messages that were counted did not go."""
        self.account.take(-count)
        self._dests[dest].take(-count)


def make_pace(settings: Settings, clock: Clock) -> Pace:
    """Full buckets as the settings want them."""
    account = TokenBucket(settings.pace_account_per_s, settings.pace_account_burst)
    return Pace(clock, account, settings.pace_dest_per_s, settings.pace_dest_burst)
