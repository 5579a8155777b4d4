"""What a process has counted since it began, read back from its own registry."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, Metric

SENT, SKIPPED, FAILED = "tgforward_messages_sent", "tgforward_messages_skipped", "tgforward_messages_failed"
LATENESS = "tgforward_job_lateness_seconds"


@dataclass(frozen=True, slots=True)
class Totals:
    """What a process has counted since it began."""

    sent: int = 0
    skipped: int = 0
    failed: int = 0
    late: Mapping[float, int] = field(default_factory=dict)
    """Runs that began at most so many seconds late, by that bound."""


def read_totals(registry: CollectorRegistry, function: str) -> Totals:
    """The counters as they stand; the lateness is that of the jobs of one function."""
    families = {family.name: family for family in registry.collect()}
    return Totals(
        sent=_total(families.get(SENT)),
        skipped=_total(families.get(SKIPPED)),
        failed=_total(families.get(FAILED)),
        late=_buckets(families.get(LATENESS), function),
    )


def _total(family: Metric | None) -> int:
    samples = [] if family is None else family.samples
    return int(sum(sample.value for sample in samples if sample.name.endswith("_total")))


def _buckets(family: Metric | None, function: str) -> dict[float, int]:
    samples: Iterable[tuple[Mapping[str, str], float]] = (
        (sample.labels, sample.value)
        for sample in (family.samples if family else ())
        if sample.name.endswith("_bucket")
    )
    return {float(labels["le"]): int(value) for labels, value in samples if labels.get("function") == function}
