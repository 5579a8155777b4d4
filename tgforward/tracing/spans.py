"""Spans of OpenTelemetry; importable with the extra `otel` only."""

from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace import StatusCode
from opentelemetry.trace import Tracer as OpenTelemetryTracer

from tgforward import __version__


class SpanTracer:
    """A `Tracer` whose spans OpenTelemetry keeps."""

    def __init__(self, tracer: OpenTelemetryTracer) -> None:
        self._tracer = tracer

    @contextmanager
    def span(self, name: str, **attributes: int | str) -> Iterator[None]:
        """As of the protocol; an error is told by its type alone, since its text may quote a message."""
        named = {f"tgforward.{key}": value for key, value in attributes.items()}
        with self._tracer.start_as_current_span(
            f"tgforward.{name}", attributes=named, record_exception=False, set_status_on_exception=False
        ) as span:
            try:
                yield
            except BaseException as error:
                span.set_attribute("error.type", type(error).__name__)
                span.set_status(StatusCode.ERROR)
                raise


@contextmanager
def exporting(url: str, ratio: float) -> Iterator[SpanTracer]:
    """A tracer whose spans go to a collector (OTLP over HTTP), in batches and beside the work.

    `ratio` is the part of runs that is traced.
    """
    provider = TracerProvider(
        resource=Resource.create({"service.name": "tgforward", "service.version": __version__}),
        sampler=ParentBased(TraceIdRatioBased(ratio)),
        shutdown_on_exit=False,  # done below
    )
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=url)))
    try:
        yield SpanTracer(provider.get_tracer("tgforward", __version__))
    finally:
        provider.shutdown()
