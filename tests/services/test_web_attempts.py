"""How often passwords may be tried."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from tgforward.errors import TooManyAttempts
from tgforward.services.web_attempts import MOST_KEPT, PER_ADDRESS, PER_NAME, PER_NAME_AND_ADDRESS, WINDOW, Attempts


@dataclass(slots=True)
class Clock:
    """Moved by hand."""

    at: float = 1000.0

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.at, UTC)

    def monotonic(self) -> float:
        return self.at


def _fail(attempts: Attempts, name: str, address: str) -> None:
    attempts.check(name, address)
    attempts.note(name, address)


def test_a_name_waits_after_a_few_from_one_place() -> None:
    """Until the first of them is five minutes old; elsewhere, and under another name, people still come in."""
    clock = Clock()
    attempts = Attempts(clock)
    for _ in range(PER_NAME_AND_ADDRESS):
        _fail(attempts, "ada", "10.0.0.1")
        clock.at += 1
    with pytest.raises(TooManyAttempts) as refused:
        attempts.check("ada", "10.0.0.1")
    attempts.check("ada", "10.0.0.2")
    attempts.check("bob", "10.0.0.1")

    clock.at += refused.value.retry_after.total_seconds()
    attempts.check("ada", "10.0.0.1")


def test_an_address_waits_after_more_under_any_names() -> None:
    """Whoever goes through many names is stopped too."""
    attempts = Attempts(Clock())
    for number in range(PER_ADDRESS):
        _fail(attempts, f"name{number}", "10.0.0.1")
    with pytest.raises(TooManyAttempts):
        attempts.check("another", "10.0.0.1")


def test_a_name_waits_after_many_from_everywhere() -> None:
    """Many machines together do not get further than this."""
    attempts = Attempts(Clock())
    for number in range(PER_NAME):
        _fail(attempts, "ada", f"10.0.0.{number}")
    with pytest.raises(TooManyAttempts):
        attempts.check("ada", "10.0.1.1")


def test_right_passwords_do_not_count() -> None:
    """However often somebody logs in."""
    attempts = Attempts(Clock())
    for _ in range(100):
        _fail(attempts, "ada", "10.0.0.1")
        attempts.forgive("ada", "10.0.0.1")


def test_memory_is_bounded() -> None:
    """Endless names and addresses push out the oldest ones."""
    attempts = Attempts(Clock())
    for number in range(2 * MOST_KEPT):
        attempts.note(f"name{number}", f"address{number}")
    assert len(attempts._failed) <= MOST_KEPT
    assert WINDOW.total_seconds() == 300
