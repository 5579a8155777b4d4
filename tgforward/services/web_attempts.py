"""How often passwords may be tried: a few times for each name from one place, more often in all."""

from collections import OrderedDict, deque
from dataclasses import dataclass, field
from datetime import timedelta

from tgforward.clock import Clock
from tgforward.errors import TooManyAttempts

WINDOW = timedelta(minutes=5)
PER_NAME_AND_ADDRESS = 5
PER_ADDRESS = 20  # an office behind one address
PER_NAME = 50  # from everywhere: what many machines can try; its owner is kept out for minutes at most
MOST_KEPT = 10_000

Key = tuple[str, ...]


@dataclass(slots=True)
class Attempts:
    """The failed log-ins of the last minutes, in this process; what is oldest is forgotten first."""

    clock: Clock
    _failed: OrderedDict[Key, deque[float]] = field(default_factory=OrderedDict)

    def check(self, name: str, address: str) -> None:
        """Returns if one more password may be tried.

        Raises:
            TooManyAttempts: not yet.
        """
        waits = [self._wait_s(key, limit) for key, limit in _limits(name, address).items()]
        if (wait_s := max(waits)) > 0:
            raise TooManyAttempts(
                f"too many wrong passwords: try again in {int(wait_s) + 1} s", retry_after=timedelta(seconds=wait_s)
            )

    def note(self, name: str, address: str) -> None:
        """Count one more try before its outcome is known, so that many at once are counted too."""
        for key in _limits(name, address):
            self._failed.setdefault(key, deque()).append(self.clock.monotonic())
            self._failed.move_to_end(key)
        while len(self._failed) > MOST_KEPT:
            self._failed.popitem(last=False)

    def forgive(self, name: str, address: str) -> None:
        """Take back the try that was counted last: the password was right."""
        for key in _limits(name, address):
            if tries := self._failed.get(key):
                tries.pop()

    def _wait_s(self, key: Key, limit: int) -> float:
        tries = self._failed.get(key, deque())
        begin = self.clock.monotonic() - WINDOW.total_seconds()
        while tries and tries[0] <= begin:
            tries.popleft()
        return tries[-limit] - begin if len(tries) >= limit else 0.0


def _limits(name: str, address: str) -> dict[Key, int]:
    return {(name, address): PER_NAME_AND_ADDRESS, ("", address): PER_ADDRESS, (name,): PER_NAME}
