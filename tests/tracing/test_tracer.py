"""Where spans go."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from tgforward.errors import InvalidSettings
from tgforward.settings import Settings
from tgforward.tracing.spans import SpanTracer
from tgforward.tracing.tracer import open_tracer


def settings(directory: Path, **values: Any) -> Settings:
    return Settings.model_validate({"data_dir": directory, **values})


@contextmanager
def collector() -> Iterator[tuple[str, list[bytes]]]:
    """An OTLP collector that keeps what it is sent."""
    bodies: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/v1/traces", bodies
        finally:
            server.shutdown()
            thread.join()


def test_spans_reach_a_collector(tmp_path: Path) -> None:
    """What was traced is sent at the latest when the process ends."""
    with (
        collector() as (url, bodies),
        open_tracer(settings(tmp_path, traces_url=url)) as tracer,
        tracer.span("job", config_id=7),
    ):
        pass
    (body,) = bodies
    (resource,) = ExportTraceServiceRequest.FromString(body).resource_spans
    (span,) = resource.scope_spans[0].spans
    assert (span.name, span.attributes[0].key, span.attributes[0].value.int_value) == (
        "tgforward.job",
        "tgforward.config_id",
        7,
    )
    assert "tgforward" in [
        item.value.string_value for item in resource.resource.attributes if item.key == "service.name"
    ]


def test_nothing_is_sent_where_nothing_is_sampled(tmp_path: Path) -> None:
    """A ratio of 0 traces no run."""
    with collector() as (url, bodies):
        with open_tracer(settings(tmp_path, traces_url=url, traces_ratio=0)) as tracer, tracer.span("job"):
            pass
        assert bodies == []


def test_an_error_is_told_by_its_type() -> None:
    """The text of an error may quote a message; a span has no room for it."""
    exporter, provider = InMemorySpanExporter(), TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    with pytest.raises(ValueError, match="secret"), SpanTracer(provider.get_tracer("test")).span("job"):
        raise ValueError("a secret")
    (span,) = exporter.get_finished_spans()
    assert "secret" not in span.to_json()
    assert (span.status.is_ok, dict(span.attributes or {})) == (False, {"error.type": "ValueError"})


def test_the_extra_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without OpenTelemetry the setting ends the process with the command that installs it."""
    monkeypatch.delitem(sys.modules, "tgforward.tracing.spans")
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    wrong = settings(tmp_path, traces_url="http://127.0.0.1:1/v1/traces")
    with pytest.raises(InvalidSettings, match=r"pip install 'tgforward\[otel\]'"), open_tracer(wrong):
        pass
