"""One attempt of a job: what arq wrote about it, and the function that it names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from arq.cron import CronJob
from arq.jobs import DeserializationError, deserialize_job_raw
from arq.utils import ms_to_datetime
from arq.worker import Function

from tgforward.queue.claims import Claimed
from tgforward.queue.codec import deserialize

Functions = Mapping[str, Function | CronJob]


@dataclass(frozen=True, slots=True)
class Attempt:
    """A claimed job, understood; where `refusal` says why, it cannot run."""

    claimed: Claimed
    number: int
    name: str = ""
    args: Sequence[Any] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    enqueued_ms: int = 0
    function: Function | CronJob | None = None
    refusal: str | None = None

    def context(self) -> dict[str, Any]:
        """What arq tells a job about itself."""
        return {
            "job_id": self.claimed.job_id,
            "job_try": self.number,
            "enqueue_time": ms_to_datetime(self.enqueued_ms),
            "score": self.claimed.score,
        }


def read_attempt(claimed: Claimed, functions: Functions, max_tries: int) -> Attempt:
    """What the job's payload says; a client may have set the number of the attempt."""
    if not claimed.payload:
        return Attempt(claimed, claimed.attempt, refusal="it has expired")
    try:
        name, args, kwargs, number, enqueued_ms = deserialize_job_raw(claimed.payload, deserializer=deserialize)
    except DeserializationError:
        return Attempt(claimed, claimed.attempt, refusal="its payload cannot be read")
    kinds: tuple[tuple[object, type], ...] = ((name, str), (number or 0, int), (enqueued_ms, int))
    if not all(isinstance(value, kind) for value, kind in kinds):
        return Attempt(claimed, claimed.attempt, refusal="its payload is none of arq's")
    number, function = max(claimed.attempt, number or 1), functions.get(name)
    refusal = _refusal(claimed, number, function, max_tries)
    return Attempt(claimed, number, name, args, kwargs, enqueued_ms, function, refusal)


def _refusal(claimed: Claimed, number: int, function: Function | CronJob | None, max_tries: int) -> str | None:
    if claimed.is_aborted:
        return "it was aborted"
    if function is None:
        return "its function is not known here"
    most = function.max_tries or max_tries
    return f"its {most} attempts are used up" if number > most else None
