"""What arq's `Job.result()` finds, for functions that ask to keep it."""

from dataclasses import dataclass
from datetime import timedelta

from arq.jobs import serialize_result
from arq.utils import timestamp_ms

from tgforward.queue.attempt import Attempt
from tgforward.queue.codec import serialize
from tgforward.queue.judgement import FOR_EVER, NOT_KEPT


@dataclass(frozen=True, slots=True)
class Results:
    """Writes results as arq does; `keep` is how long where a function does not say."""

    queue: str
    keep: timedelta

    def of(self, attempt: Attempt, started_ms: int, result: object, *, success: bool) -> tuple[bytes, int]:
        """The result and for how many milliseconds it is kept; nothing where nobody wants it."""
        keep_ms = self._keep_ms(attempt)
        if keep_ms == NOT_KEPT:
            return b"", NOT_KEPT
        written = serialize_result(
            attempt.name or "<unknown>",
            tuple(attempt.args),
            dict(attempt.kwargs),
            attempt.number,
            attempt.enqueued_ms,
            success,
            result,
            started_ms,
            timestamp_ms(),
            f"{attempt.claimed.job_id}:{attempt.name}",
            self.queue,
            attempt.claimed.job_id,
            serializer=serialize,
        )
        return (b"", NOT_KEPT) if written is None else (written, keep_ms)

    def _keep_ms(self, attempt: Attempt) -> int:
        function = attempt.function
        if function is not None and function.keep_result_forever:
            return FOR_EVER
        seconds = None if function is None else function.keep_result_s
        return int((self.keep.total_seconds() if seconds is None else seconds) * 1000)
