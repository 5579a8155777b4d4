"""What becomes of one job: its verdict, and what the script that carries it out needs besides."""

from dataclasses import dataclass

from tgforward.queue.verdict import Ending, Verdict

NOT_KEPT, FOR_EVER = 0, -1


@dataclass(frozen=True, slots=True)
class Judgement:
    """How a job ends, and what its successor is to do."""

    verdict: Verdict
    attempt: int = 0
    """How many attempts were spent when the job is to be tried again."""
    successor: bytes = b""
    result: bytes = b""
    keep_ms: int = NOT_KEPT
    has_failed: bool = False
    outcome: str = "handed_back"
    """The word for it that is counted."""


BACK = Judgement(Verdict(Ending.BACK))
"""Handed back: it stays in the queue as if it had not been started."""
