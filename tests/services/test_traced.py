"""A run as spans."""

from dataclasses import replace

from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from tests.services.conftest import Town, make_config
from tests.services.runs import run
from tgforward.services.deps import Deps
from tgforward.tracing.spans import SpanTracer
from tgforward.types import AccountId


def parents(spans: tuple[ReadableSpan, ...]) -> dict[str, str | None]:
    """The name of each span's parent."""
    names = {span.context.span_id: span.name for span in spans if span.context is not None}
    return {span.name: names[span.parent.span_id] if span.parent else None for span in spans}


async def test_each_step_of_a_run_is_a_span(deps: Deps, town: Town, account_id: AccountId) -> None:
    """All steps stand below the job, which names config and account; none quotes a text."""
    exporter, provider = InMemorySpanExporter(), TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    deps = replace(deps, tracer=SpanTracer(provider.get_tracer("test")))
    config_id = await make_config(deps)
    await run(deps, config_id)
    exporter.clear()
    town.world.post(town.source, "a secret text", sender=town.editor)
    await run(deps, config_id)

    spans = exporter.get_finished_spans()
    steps = ("probe", "fetch", "reserve", "send", "settle")
    assert parents(spans) == {"tgforward.job": None} | {f"tgforward.{step}": "tgforward.job" for step in steps}
    (job,) = [span for span in spans if span.name == "tgforward.job"]
    assert job.attributes == {"tgforward.config_id": config_id, "tgforward.account_id": account_id}
    assert "secret" not in "".join(span.to_json() for span in spans)
