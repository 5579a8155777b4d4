"""What `doctor` says: a subject, whether it is well, and what is so or what to do."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from tgforward.clock import Clock


class Verdict(StrEnum):
    """How well something is."""

    OK = "ok"
    WARNING = "warning"
    """It works, but not as well or as safely as it could; or it could not be looked at."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    subject: str
    verdict: Verdict
    text: str


def ok(subject: str, text: str) -> Finding:
    """It is well."""
    return Finding(subject, Verdict.OK, text)


def warning(subject: str, text: str) -> Finding:
    """Somebody should know."""
    return Finding(subject, Verdict.WARNING, text)


def failed(subject: str, text: str) -> Finding:
    """Somebody has to act."""
    return Finding(subject, Verdict.FAILED, text)


MOST_SKEW = timedelta(seconds=1)
"""Schedulers and workers keep to the clocks of the stores; a host that is off shows and logs wrong times."""


def compare_clocks(subject: str, theirs: datetime, clock: Clock) -> Finding:
    """Whether another clock agrees with this host's; the time of the question counts too."""
    skew = theirs - clock.now()
    if abs(skew) <= MOST_SKEW:
        return ok(subject, f"agrees with this host's clock ({abs(skew).total_seconds():.1f} s apart)")
    way = "ahead of" if skew > timedelta(0) else "behind"
    return failed(
        subject,
        f"is {abs(skew).total_seconds():.1f} s {way} this host's: synchronise both (timedatectl, chrony or ntpd)",
    )
