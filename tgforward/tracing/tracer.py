"""Traces of runs: spans with numbers of ours as attributes, never with what messages say."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Protocol

from tgforward.errors import InvalidSettings
from tgforward.settings import Settings


class Tracer(Protocol):
    """Where spans begin."""

    def span(self, name: str, **attributes: int | str) -> AbstractContextManager[object]:
        """A part of what goes on, as long as the block; a child of the span that is open around it."""
        ...


class NoTracer:
    """Traces are off."""

    def span(self, name: str, **attributes: int | str) -> AbstractContextManager[object]:  # noqa: ARG002 - the protocol's
        """Nothing."""
        return nullcontext()


@contextmanager
def open_tracer(settings: Settings) -> Iterator[Tracer]:
    """Spans go to `TGFORWARD_TRACES_URL` until the end of the block; without it there are none.

    Raises:
        InvalidSettings: the extra `otel` is not installed.
    """
    if settings.traces_url is None:
        yield NoTracer()
        return
    try:
        from tgforward.tracing.spans import exporting  # only the extra brings OpenTelemetry along
    except ImportError as error:
        raise InvalidSettings(
            "TGFORWARD_TRACES_URL is set, and OpenTelemetry is not installed: pip install 'tgforward[otel]'"
        ) from error
    with exporting(settings.traces_url.get_secret_value(), settings.traces_ratio) as tracer:
        yield tracer
